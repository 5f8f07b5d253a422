import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import typescript from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

const noTauri = {
  group: ["@tauri-apps/*"],
  message: "Only src/api speaks to Tauri; everything else asks the backend that it was given.",
};

export default typescript.config(
  { ignores: ["dist/", "dist-fake/", "node_modules/", "src/paraglide/", "project.inlang/", "src/api/generated/"] },
  js.configs.recommended,
  ...typescript.configs.strict,
  ...svelte.configs["flat/recommended"],
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-invalid-void-type": "off",
      // TypeScript knows which names exist; this rule does not know ambient types.
      "no-undef": "off",
      "no-console": "error",
      "svelte/require-each-key": "error",
      // Maps and sets of the state are replaced whole, never changed in place.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { extraFileExtensions: [".svelte"], parser: typescript.parser, svelteConfig },
    },
    rules: { "prefer-const": "off", "svelte/prefer-const": "error" },
  },
  // The arrows of this folder: api <- state <- views; parts and words stand alone.
  {
    files: ["src/**"],
    ignores: ["src/api/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [noTauri] }] },
  },
  {
    files: ["src/parts/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            noTauri,
            {
              group: ["**/api/**", "**/state/**", "**/views/**", "**/words/**", "**/paraglide/**"],
              message: "Parts know no business: give them texts and values.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["src/views/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            noTauri,
            { group: ["../*/*View.svelte", "**/views/**"], message: "A view imports no other view." },
            { group: ["**/api/*", "!**/api/generated"], message: "Views call state, state calls the backend." },
          ],
        },
      ],
    },
  },
);
