import { baseLocale, isLocale, overwriteGetLocale, overwriteSetLocale, type Locale } from "../paraglide/runtime.js";

export type { Locale };
export { locales } from "../paraglide/runtime.js";

let current = $state<Locale>(baseLocale);

// Every message asks for the language when it is rendered, so a change reaches all texts without a reload.
overwriteGetLocale(() => current);
overwriteSetLocale((locale) => speak(locale));

export function language(): Locale {
  return current;
}

/** The person's choice first, then the system's language, then English. */
export function speak(chosen: string | null, system: string | null = null): void {
  const wanted = [chosen, system].find((tag) => isLocale(tag));
  current = isLocale(wanted) ? wanted : baseLocale;
  document.documentElement.lang = current;
}
