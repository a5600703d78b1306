/** The rarer acts, each by a letter, after the key O. */
import * as incidents from '../features/incidents/acts';
import { desk, type Form } from '../features/live/desk.svelte';
import { isOpen } from '../shared/contract';
import { t } from '../shared/i18n/index.svelte';
import { setTheme, theme } from '../shared/theme.svelte';

export interface Act {
  letter: string;
  words: string;
  work: () => void;
}

/** Show the map in a window of its own; this one keeps the queue. */
export function secondWindow(): void {
  window.open('/console?pane=map', 'maplebridge-map', 'popup,width=1280,height=960');
  desk.pane = 'queue';
  history.replaceState(null, '', '/console?pane=queue');
}

/** What can be done now, by this person, with the incident on show. */
export function moreActs(): Act[] {
  const row = desk.replayAt === null ? desk.selected : undefined;
  const [edits, closes] = [desk.may('incidents.edit'), desk.may('incidents.close')];
  const form = (name: Form) => () => {
    desk.right = 'incident';
    desk.form = name;
  };
  const acts: (Act | false | undefined)[] = [
    row && !isOpen(row) && closes && { letter: 'R', words: t('reopen'), work: form('reopen') },
    row && isOpen(row) && closes && { letter: 'X', words: t('cancel'), work: form('cancel') },
    row && isOpen(row) && edits && { letter: 'E', words: t('place_edit'), work: form('edit') },
    row && isOpen(row) && edits && { letter: 'M', words: t('merge'), work: form('merge') },
    row && isOpen(row) && edits && { letter: 'L', words: t('link'), work: form('link') },
    row && isOpen(row) && edits && { letter: 'S', words: t('split'), work: form('split') },
    row && row.merged_into && edits ? { letter: 'U', words: t('unmerge'), work: () => void incidents.unmerge(row) } : undefined,
    row && isOpen(row) && desk.may('dispatch.assign') && { letter: 'A', words: t('level'), work: form('level') },
    row && edits && { letter: 'K', words: t('premise_add'), work: form('premise') },
    row && edits && { letter: 'F', words: t('attach'), work: () => document.querySelector<HTMLInputElement>('#attach-file')?.click() },
    row && { letter: 'T', words: t('print'), work: () => incidents.print(row) },
    desk.pane === 'all' && { letter: 'W', words: t('second_window'), work: secondWindow },
    {
      letter: 'D', words: t(theme() === 'dark' ? 'theme_light' : 'theme_dark'),
      work: () => setTheme(theme() === 'dark' ? 'light' : 'dark'),
    },
  ];
  return acts.filter((act): act is Act => Boolean(act));
}
