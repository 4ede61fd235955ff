import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./shared/storage/schema.ts",
  out: "./shared/storage/migrations",
});
