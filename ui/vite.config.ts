import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// What the window allows; `npm run preview` serves the built files under the same rule, so a forbidden style or script shows early.
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self' ipc: http://ipc.localhost; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'";

export default defineConfig({
  base: "./",
  plugins: [
    // `npm test` compiles the messages beforehand; the plugin's watcher would keep the test run from ending.
    process.env["VITEST"]
      ? []
      : paraglideVitePlugin({
          project: "./project.inlang",
          outdir: "./src/paraglide",
          strategy: ["globalVariable", "baseLocale"],
          outputStructure: "locale-modules",
        }),
    svelte(),
    svelteTesting(),
  ],
  clearScreen: false,
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  preview: {
    host: "127.0.0.1",
    port: 4173,
    strictPort: true,
    headers: { "Content-Security-Policy": contentSecurityPolicy },
  },
  build: {
    outDir: "dist",
    // WebKitGTK and the other web views are at least this new.
    target: ["es2022", "safari16.4"],
    chunkSizeWarningLimit: 700,
    // Every file stays a file: data: addresses would need holes in the content security policy.
    assetsInlineLimit: 0,
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/test/setup.ts"],
    testTimeout: 40_000,
  },
});
