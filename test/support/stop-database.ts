import { stopSharedDatabase } from "./database.ts";

await stopSharedDatabase();
