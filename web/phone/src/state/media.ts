import { useEffect, useState } from "preact/hooks";

/** Whether the window matches a media query, followed as it is resized. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const check = () => setMatches(list.matches);
    list.addEventListener("change", check);
    check();
    return () => list.removeEventListener("change", check);
  }, [query]);
  return matches;
}
