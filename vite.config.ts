import react from '@vitejs/plugin-react'
import { build, defineConfig, type Plugin } from 'vite'

/** The client's build: dist/client, hashed assets for ever, nothing inline and nothing from outside, as the CSP asks. */
export default defineConfig({
  root: 'client',
  publicDir: false,
  plugins: [react(), evidenceViewer()],
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2023',
    // Fonts and pictures stay files: the CSP has no data: for scripts, and one big file caches better than many small ones.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_600,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // The setting that keeps zod from trying eval runs with zod itself, before any chunk that makes a schema.
        codeSplitting: { groups: [{ name: 'schemas', test: /node_modules[\\/]zod[\\/]|schemas-without-eval/ }] },
      },
    },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
})

/** The viewer inside evidence bundles: one plain script and one style, because a page opened from a folder may load no modules. */
function evidenceViewer(): Plugin {
  return {
    name: 'evidence-viewer',
    apply: 'build',
    async closeBundle() {
      await build({
        configFile: false,
        root: 'client',
        publicDir: false,
        logLevel: 'warn',
        define: { 'process.env.NODE_ENV': JSON.stringify('production') },
        build: {
          outDir: '../dist/viewer',
          emptyOutDir: true,
          target: 'es2023',
          lib: {
            entry: 'evidence-viewer/main.ts',
            formats: ['iife'],
            name: 'lookoutViewer',
            fileName: () => 'viewer.js',
            cssFileName: 'viewer',
          },
        },
      })
    },
  }
}
