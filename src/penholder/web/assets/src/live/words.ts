// Everything that the island says, in the language of the page: it comes as attributes of one hidden element.
export type Words = (name: string) => string;

export function wordsOf(element: HTMLElement): Words {
  return (name) => element.getAttribute(`data-${name}`) ?? "";
}
