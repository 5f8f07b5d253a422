import type { Backend } from "../api/backend";
import type { SettingsDto } from "../api/generated/types";
import { speak } from "../words/language.svelte";
import { Appearance } from "./appearance.svelte";

const UNTOUCHED: SettingsDto = {
  language: null,
  theme: null,
  clerk: null,
  export_folder: null,
  export: { format: "csv", profile: "excel", columns: [], separator: null },
  panel_width: null,
  columns: [],
  sort: null,
};

/** What this desk remembers between starts. Written whole, by the backend. */
export class Settings {
  current = $state.raw<SettingsDto>(UNTOUCHED);
  systemLanguage = $state("en");
  version = $state("");
  private readonly appearance = new Appearance();
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly backend: Backend) {}

  take(settings: SettingsDto, systemLanguage: string, version: string): void {
    this.current = settings;
    this.systemLanguage = systemLanguage;
    this.version = version;
    this.show();
  }

  /** Shown at once; written one after the other, so that an older state never lands last. */
  change(changes: Partial<SettingsDto>): Promise<void> {
    this.current = { ...this.current, ...changes };
    this.show();
    const whole = $state.snapshot(this.current);
    const written = this.writing.then(() => this.backend.call("settings_save", whole));
    this.writing = written.catch(() => undefined);
    return written.then(() => undefined);
  }

  /** What the backend changed by itself (the folder of the last export) and must not be written back as it was. */
  learn(changes: Partial<SettingsDto>): void {
    this.current = { ...this.current, ...changes };
  }

  stop(): void {
    this.appearance.stop();
  }

  private show(): void {
    speak(this.current.language, this.systemLanguage);
    this.appearance.choose(this.current.theme);
  }
}
