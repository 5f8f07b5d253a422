import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { ApiError, ExportedDto, ExportOptions, ListQuery } from "../api/generated/types";
import type { Settings } from "./settings.svelte";

/** Writing what the list shows to a file. */
export class Exporting {
  running = $state(false);
  /** How much of a long export is written, from 0 to 1. Null: it has only begun, or is short. */
  done = $state<number | null>(null);
  trouble = $state.raw<ApiError | null>(null);
  choosing = $state(false);

  constructor(
    private readonly backend: Backend,
    private readonly settings: Settings,
  ) {}

  /** To the folder of the last export, with the options of the last export. */
  quick(query: ListQuery): Promise<ExportedDto | null> {
    return this.write(() => this.backend.call("export_quick", { query, options: this.settings.current.export }));
  }

  /** Asks for the file. Null when the person changed their mind. */
  as(query: ListQuery, options: ExportOptions): Promise<ExportedDto | null> {
    return this.write(async () => {
      await this.settings.change({ export: options });
      return this.backend.call("export_as", { query, options });
    });
  }

  storeCsv(storeId: number): Promise<ExportedDto | null> {
    return this.write(() => this.backend.call("store_csv_as", { store_id: storeId }), false);
  }

  accountData(storeId: number): Promise<ExportedDto | null> {
    return this.write(() => this.backend.call("account_data_as", { store_id: storeId }), false);
  }

  hear(done: number, total: number): void {
    if (this.running && total > 0) this.done = done / total;
  }

  /** Ends what is being written; nothing is left of the file. */
  cancel(): void {
    this.backend.call("export_cancel", {}).catch((thrown: unknown) => (this.trouble = toApiError(thrown)));
  }

  openFolder(path: string): void {
    this.backend.call("open_folder", { path }).catch((thrown: unknown) => (this.trouble = toApiError(thrown)));
  }

  private async write(run: () => Promise<ExportedDto | null>, remember = true): Promise<ExportedDto | null> {
    if (this.running) return null;
    this.running = true;
    this.done = null;
    this.trouble = null;
    try {
      const exported = await run();
      if (exported && remember) this.settings.learn({ export_folder: folderOf(exported.path) });
      return exported;
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.code !== "cancelled") this.trouble = error;
      return null;
    } finally {
      this.running = false;
    }
  }
}

export function folderOf(path: string): string {
  const cut = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return cut > 0 ? path.slice(0, cut) : path;
}

export function fileOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
