/** Whether the screen is as a query of media says, as state; for as long as the page is there. */
export function mediaMatch(query: string): { readonly current: boolean } {
  const list = matchMedia(query);
  let current = $state(list.matches);
  list.addEventListener('change', () => (current = list.matches));
  return {
    get current() {
      return current;
    },
  };
}
