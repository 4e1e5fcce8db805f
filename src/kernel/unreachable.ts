/** SQLSTATE of a lost connection, of a server that is full, and of one that starts or stops; then the system's codes. */
const CODES = /^(08|53|57P0)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What the driver says without a code. */
const TEXTS =
	/^(Connection terminated|Client (was closed|has encountered a connection error)|timeout exceeded when trying)/;

/**
 * Whether an error means that the database did not answer: not a fault of the request nor of this server, and gone
 * when the database is back. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isUnreachable(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const { code, message } = error as Error & { code?: unknown };
	return typeof code === "string" ? CODES.test(code) : TEXTS.test(message);
}
