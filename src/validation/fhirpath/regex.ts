import { LRUCache } from "lru-cache";
import { compileAutomaton } from "./automaton.ts";
import { type Env, spend, untellable } from "./env.ts";

/** Whether a text matches. */
type Matcher = (text: string, env: Env) => boolean;

const matchers = new LRUCache<string, Matcher>({ max: 500 });

/**
 * A matcher whose time is linear in the text, whatever the pattern. `full`: the pattern must match all of the text, else
 * any part of it unless `^` and `$` say otherwise. http://hl7.org/fhirpath/N1/#matchesregex-string-boolean
 * @throws Untellable for look-around, back-references and what is no regular expression.
 */
export function matcher(pattern: string, full: boolean): Matcher {
	const key = `${full ? "f" : "p"}${pattern}`;
	const known = matchers.get(key);
	if (known) return known;
	const automaton = compileAutomaton(pattern);
	const made: Matcher = automaton
		? (text, env) => {
				spend(env, text.length >> 3);
				return automaton(text, full, (steps) => spend(env, steps));
			}
		: () => {
				throw untellable();
			};
	matchers.set(key, made);
	return made;
}

/** A replacement by a pattern that backtracks, so both are bounded: no repeated groups, and few open repetitions. */
const MOST_WORK = 10_000_000;
const REPEATED_GROUP = /\)(?:[*+?]|\{)/;
const LOOK_OR_BACK = /\(\?[=!<]|\\[1-9k]/;

export function replacer(pattern: string): (text: string, substitution: string) => string {
	const open = pattern.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
	const expression = readPattern(pattern);
	if (!expression || REPEATED_GROUP.test(pattern) || LOOK_OR_BACK.test(pattern)) throw untellable();
	return (text, substitution) => {
		if (text.length ** (open + 1) > MOST_WORK || text.length * substitution.length > MOST_WORK) throw untellable();
		return text.replace(expression, substitution);
	};
}

function readPattern(pattern: string): RegExp | undefined {
	try {
		return new RegExp(pattern, "gsu");
	} catch {
		return undefined;
	}
}
