/** Light or dark: the person's choice (cookie `theme`, as the other pages use), else the system's. */
export type Theme = 'light' | 'dark';

const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;
const chosen = (): Theme | null => {
  const said = document.documentElement.dataset['theme'];
  return said === 'light' || said === 'dark' ? said : null;
};

const state = $state<{ theme: Theme }>({ theme: 'light' });

/** The theme in use; reading it in a component follows the switch and the system. */
export const theme = (): Theme => state.theme;

/** Follow document and system. Call once at the start. */
export function followTheme(): void {
  state.theme = chosen() ?? (dark?.matches ? 'dark' : 'light');
  dark?.addEventListener('change', () => (state.theme = chosen() ?? (dark.matches ? 'dark' : 'light')));
}

/** Choose and remember. */
export function setTheme(next: Theme): void {
  document.documentElement.dataset['theme'] = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
  state.theme = next;
}
