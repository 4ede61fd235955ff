import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./shared/storage/*.ts",
  out: "./shared/storage/migrations",
});
