// Builds a style sheet and a small module for readers, and one of each for the desk, with hashed names and a manifest that Python reads (web/built.py).
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: "public",
  build: {
    outDir: "../static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    target: "es2020",
    // Nothing may become a data: address: the site's content security policy refuses them.
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    rolldownOptions: {
      input: { site: "src/site.ts", desk: "src/desk.ts", steps: "src/steps.ts", writing: "src/writing.ts" },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
  css: {
    preprocessorOptions: {
      // govuk-frontend speaks of deprecations of its own making; ours are still shown.
      scss: { quietDeps: true, loadPaths: ["node_modules"] },
    },
  },
});
