/** Moments as this phone's clock shows them. */
import { language } from '../shared/i18n/index.svelte';

/** Day and minute of a moment, short. */
export function named(at: string): string {
  const format = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false } as const;
  return new Intl.DateTimeFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', format).format(new Date(at));
}
