import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { Problem } from "../kernel/index.ts";

/**
 * Slows down the guessing of passwords. It counts what was typed, not who exists, so it tells nobody which addresses
 * have an account; and it counts by address and origin first, so a guesser elsewhere hardly keeps the owner out.
 */
export type Attempts = {
	/** @throws Problem `throttled` while these credentials have to wait. */
	check(email: string, origin: string): void;
	failed(email: string, origin: string): void;
	succeeded(email: string, origin: string): void;
};

type Count = { readonly failures: number; readonly waitUntil: number };

const FREE_FROM_ONE_ORIGIN = 5;
const FREE_FROM_ALL = 50;
const LONGEST_WAIT_MS = 60_000;
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const COUNTS_KEPT = 20_000;

export function createAttempts(now: () => number = Date.now): Attempts {
	const counts = new LRUCache<string, Count>({ max: COUNTS_KEPT, ttl: FORGOTTEN_AFTER_MS });
	const keysOf = (email: string, origin: string): [string, number][] => [
		[keyOf(`${email.trim().toLowerCase()}\n${origin}`), FREE_FROM_ONE_ORIGIN],
		[keyOf(email.trim().toLowerCase()), FREE_FROM_ALL],
	];
	return {
		check(email, origin) {
			const waits = keysOf(email, origin).map(([key]) => (counts.get(key)?.waitUntil ?? 0) - now());
			const seconds = Math.ceil(Math.max(...waits) / 1000);
			if (seconds > 0) throw new Problem("throttled", `Too many failed sign-ins: wait ${seconds} seconds.`);
		},
		failed(email, origin) {
			for (const [key, free] of keysOf(email, origin)) {
				const failures = (counts.get(key)?.failures ?? 0) + 1;
				const wait = failures < free ? 0 : Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (failures - free));
				counts.set(key, { failures, waitUntil: now() + wait });
			}
		},
		succeeded(email, origin) {
			for (const [key] of keysOf(email, origin)) counts.delete(key);
		},
	};
}

const keyOf = (text: string): string => createHash("sha256").update(text).digest("base64");
