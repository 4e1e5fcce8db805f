const SPACE = /[ \t\n\r]*/y;
const TOKEN = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next: a value, a name, the colon after it, or what follows a value; `first` says just after `[` or `{`. */
type Next = "value" | "first value" | "name" | "first name" | "colon" | "after";

/** Where a text stops being JSON, as an index into it; its length when it ends too early or has no fault. RFC 8259 */
export function faultPosition(text: string): number {
	const open: string[] = [];
	let next: Next = "value";
	for (let at = skip(text, 0); at < text.length; at = skip(text, at)) {
		const token = tokenAt(text, at);
		const found: Next | undefined =
			token !== undefined && (next !== "after" || open.length > 0) ? step(token, next, open) : undefined;
		if (token === undefined || found === undefined) return at;
		next = found;
		at += token.length;
	}
	return text.length;
}

const skip = (text: string, at: number): number => at + (matchAt(SPACE, text, at)?.length ?? 0);

function tokenAt(text: string, at: number): string | undefined {
	if (text[at] !== '"') return matchAt(TOKEN, text, at);
	let end = at + 1;
	while (end < text.length && text[end] !== '"') {
		const length = text[end] === "\\" ? (matchAt(ESCAPE, text, end)?.length ?? 0) : text.charCodeAt(end) < 32 ? 0 : 1;
		if (length === 0) return undefined;
		end += length;
	}
	return end < text.length ? text.slice(at, end + 1) : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}

function step(token: string, next: Next, open: string[]): Next | undefined {
	const inside = open.at(-1);
	if (token === "}" || token === "]") {
		const closes = inside === (token === "}" ? "{" : "[") && (next === "after" || next.startsWith("first"));
		if (closes) open.pop();
		return closes ? "after" : undefined;
	}
	switch (next) {
		case "after":
			return token === "," ? (inside === "{" ? "name" : "value") : undefined;
		case "colon":
			return token === ":" ? "value" : undefined;
		case "name":
		case "first name":
			return token.startsWith('"') ? "colon" : undefined;
		default:
			return valueStep(token, open);
	}
}

function valueStep(token: string, open: string[]): Next | undefined {
	if (token === "," || token === ":") return undefined;
	if (token !== "{" && token !== "[") return "after";
	open.push(token);
	return token === "{" ? "first name" : "first value";
}
