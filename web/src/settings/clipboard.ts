/** The two ways of a browser to copy text. */
export interface CopyMeans {
  /** The clipboard of secure pages; absent on plain http. */
  clipboard?: { writeText(text: string): Promise<void> };
  /** The old way: select the text in a field and let the browser copy. Returns whether it did. */
  select(text: string): boolean;
}

/** Copies text. On plain http, or where the clipboard is refused, the old way is tried. Resolves to whether it worked. */
export async function copyText(text: string, means: CopyMeans): Promise<boolean> {
  if (means.clipboard) {
    try {
      await means.clipboard.writeText(text);
      return true;
    } catch {
      // Refused: the old way may still be allowed.
    }
  }
  try {
    return means.select(text);
  } catch {
    return false;
  }
}

/** What this browser offers. */
export function browserMeans(): CopyMeans {
  const select = (text: string): boolean => {
    const before = document.activeElement;
    // Inside an open dialog everything else cannot be focused.
    const place = document.querySelector('dialog[open]') ?? document.body;
    const field = document.createElement('textarea');
    field.value = text;
    field.readOnly = true;
    field.className = 'copy-field';
    field.setAttribute('aria-hidden', 'true');
    place.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    return done;
  };
  return navigator.clipboard ? { clipboard: navigator.clipboard, select } : { select };
}
