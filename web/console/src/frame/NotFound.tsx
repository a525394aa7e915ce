import { Link } from "wouter";

import { useTitle } from "./Frame";
import { t } from "./texts";

export function NotFound() {
  useTitle(t("lost"));
  return (
    <section className="alone">
      <h1>{t("lost")}</h1>
      <p>{t("lostLead")}</p>
      <Link href="/">{t("goHome")}</Link>
    </section>
  );
}
