// The end of a form: why it was refused, and the button that sends it.

import { Button } from "antd";
import type { ReactNode } from "react";

import { Fault } from "./Fault";
import type { Sending } from "./form";

interface Props {
  sending: Pick<Sending<object>, "busy" | "error">;
  /** As wide as the form. */
  block?: boolean;
  children: ReactNode;
}

export function Submit({ sending, block, children }: Props) {
  return (
    <>
      {sending.error !== null && <Fault error={sending.error} />}
      <Button type="primary" htmlType="submit" block={block} loading={sending.busy}>
        {children}
      </Button>
    </>
  );
}
