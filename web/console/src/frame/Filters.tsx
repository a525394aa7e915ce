// Filters of a list, which are part of the address: a row of buttons, and a field to search with.

import { Input, Radio } from "antd";
import { useEffect, useState } from "react";

import { useAddress } from "./address";

/** Milliseconds without typing before the host is asked. */
const SEARCH_AFTER_MS = 250;

interface ButtonsProps {
  /** The part of the address. */
  of: string;
  label: string;
  value: string;
  /** Values and their names. */
  options: [string, string][];
}

export function FilterButtons({ of, label, value, options }: ButtonsProps) {
  const { set } = useAddress();
  return (
    <Radio.Group
      optionType="button"
      buttonStyle="solid"
      aria-label={label}
      value={value}
      onChange={(event) => set({ [of]: event.target.value as string })}
      options={options.map(([value, label]) => ({ value, label }))}
    />
  );
}

/** Searches by what is typed, as `query` in the address. */
export function SearchField({ label, hint }: { label: string; hint: string }) {
  const { get, set } = useAddress();
  const query = get("query");
  const [typed, setTyped] = useState(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `set` is made anew at each render and does the same
  useEffect(() => {
    if (typed === query) return;
    const timer = setTimeout(() => set({ query: typed.trim() }), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed, query]);
  return (
    <Input.Search
      allowClear
      className="search"
      aria-label={label}
      placeholder={hint}
      value={typed}
      maxLength={64}
      onChange={(event) => setTyped(event.target.value)}
      onSearch={(value) => set({ query: value.trim() })}
    />
  );
}
