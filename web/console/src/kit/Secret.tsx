// Secrets are shown once. The dialog does not close by accident: only its button closes it.

import { WarningOutlined } from "@ant-design/icons";
import { Button, Form, Input, Modal } from "antd";
import type { ReactNode } from "react";

import { CopyButton } from "./CopyText";
import { t } from "./texts";

interface SecretProps {
  title: string;
  /** The values to keep, each with a label. */
  of: [label: string, value: string][] | null;
  /** What to do with it. */
  children?: ReactNode;
  onKept: () => void;
}

export function Secret({ title, of, children, onKept }: SecretProps) {
  return (
    <Modal
      open={of !== null}
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      destroyOnHidden
      footer={
        <Button type="primary" onClick={onKept}>
          {t("keepIt")}
        </Button>
      }
    >
      <p className="warn">
        <WarningOutlined aria-hidden /> {t("onceOnly")}
      </p>
      <Form layout="vertical" requiredMark={false}>
        {of?.map(([label, value]) => (
          <Form.Item key={label} label={label} htmlFor={`secret-${label}`}>
            <div className="secret">
              <Input
                id={`secret-${label}`}
                readOnly
                value={value}
                onFocus={(event) => event.target.select()}
              />
              <CopyButton text={value} what={lowered(label)} labelled />
            </div>
          </Form.Item>
        ))}
      </Form>
      {children}
    </Modal>
  );
}

/** "App ID" inside a sentence is "app ID". */
function lowered(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;
}
