import { readFileSync, writeFileSync } from "node:fs";
import { ERROR_DOCS, withMessageRows } from "../test/support/message-cases.ts";

/** Writes the table of messages of a validation into docs/errors.md, each with what its case really produces. */
writeFileSync(ERROR_DOCS, await withMessageRows(readFileSync(ERROR_DOCS, "utf8")));
