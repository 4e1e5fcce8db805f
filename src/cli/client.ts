import { setTimeout as sleep } from "node:timers/promises";

/** Where to send, and as whom. `server` has no trailing slash. */
export type Target = {
	readonly server: string;
	readonly tenant: string;
	readonly credentials: { readonly token: string } | { readonly email: string; readonly password: string };
};

export type Answer = { readonly status: number; readonly text: string };

type Session = { readonly token: string };

const ATTEMPTS = 8;
const REQUEST_TIMEOUT = 10 * 60_000;
const TRANSIENT = new Set([429, 502, 503, 504]);

/** A small FHIR client: signs in, signs in anew before the token ends, and tries again what is not the client's fault. */
export class FhirClient {
	readonly target: Target;
	readonly #pause: (milliseconds: number) => Promise<unknown>;
	#session: Promise<Session> | undefined;
	/** Milliseconds since 1970 at which a new sign-in is due. */
	#until = Number.POSITIVE_INFINITY;

	/** `pause` waits between attempts. */
	constructor(target: Target, pause: (milliseconds: number) => Promise<unknown> = sleep) {
		this.target = target;
		this.#pause = pause;
	}

	/**
	 * Sends one request below the clinic's FHIR base (`path` may be empty) and gives the last answer.
	 * @throws Error when the server cannot be reached after all attempts, or the sign-in is refused.
	 */
	async send(method: string, path: string, body: string): Promise<Answer> {
		const base = `${this.target.server}/t/${this.target.tenant}/fhir`;
		const url = path === "" ? base : `${base}/${path}`;
		let used: Promise<Session> | undefined;
		const call = async (): Promise<Response> => {
			used = this.#current();
			const { token } = await used;
			return fetch(url, {
				method,
				body,
				headers: {
					authorization: `Bearer ${token}`,
					"content-type": "application/fhir+json",
					accept: "application/fhir+json",
					prefer: "return=minimal",
				},
				signal: AbortSignal.timeout(REQUEST_TIMEOUT),
			});
		};
		const answer = await this.#persist(call);
		if (answer.status !== 401) return answer;
		if ("token" in this.target.credentials) {
			throw new Error("The server refuses the token: it is wrong or has expired. Give an e-mail and a password file.");
		}
		if (this.#session === used) this.#session = undefined;
		return this.#persist(call);
	}

	/** Waits as often and as long as attempt `number` asks for; also used for entries that were answered 503. */
	backOff(number: number): Promise<unknown> {
		return this.#pause(Math.min(30_000, 250 * 2 ** number) * (0.75 + Math.random() / 2));
	}

	async #persist(call: () => Promise<Response>): Promise<Answer> {
		for (let attempt = 0; ; attempt++) {
			const last = attempt >= ATTEMPTS - 1;
			try {
				const response = await call();
				const text = await response.text();
				if (last || !TRANSIENT.has(response.status)) return { status: response.status, text };
				const seconds = Number(response.headers.get("retry-after"));
				await (seconds > 0 ? this.#pause(Math.min(seconds, 120) * 1000) : this.backOff(attempt));
			} catch (error) {
				if (!isConnectionFault(error)) throw error;
				if (last) throw new Error(`${this.target.server} does not answer (${causeOf(error)}). Is the server running?`);
				await this.backOff(attempt);
			}
		}
	}

	/** The session to use now: a new one when there is none or it is about to end, one sign-in for all who wait. */
	#current(): Promise<Session> {
		if (this.#session === undefined || Date.now() >= this.#until) {
			this.#until = Number.POSITIVE_INFINITY;
			this.#session = this.#signIn(this.target.credentials);
		}
		return this.#session;
	}

	async #signIn(credentials: Target["credentials"]): Promise<Session> {
		if ("token" in credentials) return credentials;
		const { email, password } = credentials;
		const body = JSON.stringify({ email, password, tenant: this.target.tenant });
		const answer = await this.#persist(() =>
			fetch(`${this.target.server}/auth/login`, {
				method: "POST",
				body,
				headers: { "content-type": "application/json" },
			}),
		);
		if (answer.status !== 200) {
			throw new Error(`The sign-in of ${email} to clinic "${this.target.tenant}" is refused (${answer.status}).`);
		}
		const { access_token: token, expires_in: seconds } = JSON.parse(answer.text);
		this.#until = Date.now() + Math.max(5, seconds - 30) * 1000;
		return { token };
	}
}

const isConnectionFault = (error: unknown): boolean =>
	error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");

function causeOf(error: unknown): string {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	return cause instanceof Error ? ("code" in cause && String(cause.code)) || cause.message : String(cause);
}
