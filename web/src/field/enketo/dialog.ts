/** What enketo-core asks a person: only whether a repeated group is to go, which the browser's own dialogue asks. */
type Content = string | { message?: string; heading?: string };
const words = (content: Content): string => (typeof content === 'string' ? content : (content.message ?? content.heading ?? ''));

export default {
  alert: (content: Content): Promise<void> => Promise.resolve(window.alert(words(content))),
  confirm: (content: Content): Promise<boolean> => Promise.resolve(window.confirm(words(content))),
  prompt: (content: Content, before: string): Promise<string | null> => Promise.resolve(window.prompt(words(content), before)),
};
