import t from "tap";
import { isUnreachable } from "../../src/kernel/index.ts";

const error = (message: string, code?: string) => Object.assign(new Error(message), code && { code });

t.test("a database that is away is told from a statement that it refuses", async (t) => {
	for (const code of ["08006", "53300", "57P01", "57P03", "ECONNREFUSED", "ECONNRESET"]) {
		t.ok(isUnreachable(error("", code)), code);
	}
	for (const message of ["Connection terminated unexpectedly", "timeout exceeded when trying to connect"]) {
		t.ok(isUnreachable(error(message)), message);
	}
	for (const code of ["23505", "42P01", "57014", "ENOENT", "FST_ERR_VALIDATION"]) {
		t.notOk(isUnreachable(error("connection", code)), code);
	}
	for (const other of [error("the connection of two patients"), "ECONNREFUSED", undefined, null]) {
		t.notOk(isUnreachable(other));
	}
});
