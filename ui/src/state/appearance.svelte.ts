/**
 * Light or dark, normal or more contrast: the person's setting, else the system's. Written on the root element, from
 * where tokens.css reads it.
 */
export type Theme = "light" | "dark" | "contrast";

export class Appearance {
  private chosen: Theme | null = null;
  private readonly dark = window.matchMedia("(prefers-color-scheme: dark)");
  private readonly contrast = window.matchMedia("(prefers-contrast: more)");
  private readonly apply = () => this.paint();

  constructor() {
    this.dark.addEventListener("change", this.apply);
    this.contrast.addEventListener("change", this.apply);
    this.paint();
  }

  choose(theme: string | null): void {
    this.chosen = theme === "light" || theme === "dark" || theme === "contrast" ? theme : null;
    this.paint();
  }

  stop(): void {
    this.dark.removeEventListener("change", this.apply);
    this.contrast.removeEventListener("change", this.apply);
  }

  private paint(): void {
    const decided = this.chosen === "light" || this.chosen === "dark" ? this.chosen : null;
    const root = document.documentElement;
    root.dataset["scheme"] = decided ?? (this.dark.matches ? "dark" : "light");
    root.dataset["contrast"] =
      this.chosen === "contrast" || (decided === null && this.contrast.matches) ? "more" : "normal";
  }
}
