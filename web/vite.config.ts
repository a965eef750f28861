import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

// Where `npm run dev` finds the server.
const server = process.env.TOCSIN_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  plugins: [
    react(),
    VitePWA({
      registerType: "autoUpdate",
      includeAssets: ["favicon.svg", "apple-touch-icon.png"],
      manifest: {
        name: "Tocsin",
        short_name: "Tocsin",
        description: "Heartbeats, alerts and on-call",
        start_url: "/",
        display: "standalone",
        background_color: "#14171c",
        theme_color: "#14171c",
        icons: [
          { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "/favicon.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,svg,png}"],
        navigateFallback: "/index.html",
        // Everything the server answers itself: the shell must never stand in for it.
        navigateFallbackDenylist: [/^\/api/, /^\/n\//, /^\/badges\//, /^\/health/, /^\/metrics/],
      },
    }),
  ],
  build: {
    outDir: "../src/tocsin/entrypoints/static",
    emptyOutDir: true,
    assetsDir: "assets",
    target: "es2022",
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { "/api": server, "/badges": server, "/health": server } },
});
