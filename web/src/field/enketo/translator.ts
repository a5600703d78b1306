/** enketo-core's words, by its own keys, from the client's dictionary. */
import { t as said, type Word } from '../i18n/words';

const KNOWN: Record<string, Word> = {
  'constraint.invalid': 'bad_value',
  'constraint.required': 'needed',
  'form.required': 'needed',
  'confirm.repeatremove.heading': 'remove_group',
  'confirm.repeatremove.msg': 'remove_group_sure',
  'hint.guidance.details': 'more_help',
};

/** The sentence for one of enketo-core's keys; the key itself where it is of a part that is not used here. */
export function t(key: string): string {
  const word = KNOWN[key];
  return word ? said(word) : key;
}
