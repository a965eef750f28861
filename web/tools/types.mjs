// Writes src/generated/api.ts from the server's OpenAPI document: `npm run types [-- FILE or URL]`.
import { execFileSync } from "node:child_process";

const source = process.argv[2] ?? "http://127.0.0.1:8080/api-docs/openapi.json";
execFileSync("openapi-typescript", [source, "--output", "src/generated/api.ts"], { stdio: "inherit" });
