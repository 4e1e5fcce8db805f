import { nearName } from "./near-name.ts";

const MOST = 3;

/**
 * Canonicals that someone may have meant by one that is not known: those whose last part is nearly the same, of the same
 * publisher where there is one; else one that is nearly the same as a whole.
 */
export function nearUrls(wrong: string, urls: readonly string[]): readonly string[] {
	const near = nearName(lastPart(wrong), urls.map(lastPart));
	if (near === undefined) return [nearName(wrong, urls)].filter((url) => url !== undefined);
	const [plain = ""] = wrong.split("|");
	const alike = urls.filter((one) => lastPart(one) === near);
	const sibling = alike.find((one) => one.split("|")[0] === plain.slice(0, plain.lastIndexOf("/") + 1) + near);
	return sibling === undefined ? alike.slice(0, MOST) : [sibling];
}

const lastPart = (canonical: string): string => {
	const [url = ""] = canonical.split("|");
	return url.slice(url.lastIndexOf("/") + 1);
};
