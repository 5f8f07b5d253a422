import { m } from "../paraglide/messages.js";
import { language } from "./language.svelte";

/** Every language in its own words; the system's first. */
export function languageChoices(system: string): Array<{ value: string; label: string }> {
  const names: Record<string, string> = {
    "pt-BR": "Português (Brasil)",
    "es-AR": "Español (Argentina)",
    en: "English",
  };
  const own = names[system] ?? names["en"];
  return [
    { value: "", label: m.settings_language_system({ language: own ?? language() }) },
    ...Object.entries(names).map(([value, label]) => ({ value, label })),
  ];
}
