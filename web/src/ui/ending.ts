/**
 * Ends a dialog: at once, because the browser says only a task later that one is closed, when the next may be asked for
 * already; and once, because it says so all the same.
 */
export function ending(dialog: () => HTMLDialogElement | undefined, ended: () => void): () => void {
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    // Gives the focus back.
    dialog()?.close();
    ended();
  };
}
