// Who may enter a console: somebody who is logged in, with the role, and with a second factor where the
// host requires one. Everybody else sees what is missing.

import type { ReactNode } from "react";

import type { User } from "../../../shared/types";
import { Frame, Waiting, type Side } from "./Frame";
import { useSession } from "./session";
import { LogIn, SetUpSecondFactor, Unreachable } from "./start-pages";

interface EntranceProps {
  side: Side;
  /** What somebody without the role of this side sees. */
  refused: (user: User) => ReactNode;
  children: (user: User) => ReactNode;
}

export function Entrance({ side, refused, children }: EntranceProps) {
  const session = useSession();
  switch (session.status) {
    case "restoring":
      return <Waiting />;
    case "unreachable":
      return (
        <Frame side={side}>
          <Unreachable error={session.error} />
        </Frame>
      );
    case "out":
      return (
        <Frame side={side}>
          <LogIn />
        </Frame>
      );
    case "in":
      if (!session.mustSetUp && session.user.roles.includes(side)) return children(session.user);
      return (
        <Frame side={side} user={session.user}>
          {session.mustSetUp ? <SetUpSecondFactor /> : refused(session.user)}
        </Frame>
      );
  }
}
