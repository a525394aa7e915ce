// Proposed names, descriptions and pictures of apps and accounts, next to the current ones.

import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Tag } from "antd";
import { useState } from "react";

import { api, queries } from "../frame/session";
import { notify } from "../frame/Notices";
import { Fault } from "../kit/Fault";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { Icon, When } from "../kit/Marks";
import { Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import type { Profile, ProfileProposal } from "../wire";
import { useProposals } from "./data";
import { t } from "./texts";

export default function Profiles() {
  const list = useProposals();
  const [rejecting, setRejecting] = useState<ProfileProposal | null>(null);
  const decided = async (done: string) => {
    await Promise.all(
      [["profile-changes"], ["audit"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
    notify(done);
  };
  const approving = useMutation({
    mutationFn: (proposal: ProfileProposal) =>
      api.post<void>(`/admin/profile-changes/${proposal.id}/approve`, {}),
    onSuccess: () => decided(t("approved")),
  });
  return (
    <Screen title={t("profiles")} lead={t("profilesLead")}>
      {approving.error !== null && <Fault error={approving.error} />}
      <Loaded of={list}>
        {() =>
          list.items.length === 0 ? (
            <Panel flush>
              <Nothing title={t("noProfiles")} />
            </Panel>
          ) : (
            list.items.map((proposal) => (
              <Panel
                key={proposal.id}
                title={proposal.account.name}
                actions={
                  <span className="buttons">
                    <Button danger onClick={() => setRejecting(proposal)}>
                      {t("reject")}
                    </Button>
                    <Button
                      type="primary"
                      loading={approving.isPending && approving.variables.id === proposal.id}
                      onClick={() => approving.mutate(proposal)}
                    >
                      {t("approve")}
                    </Button>
                  </span>
                }
              >
                <p className="faint">
                  <Tag color={proposal.first ? "warning" : undefined}>
                    {proposal.first ? t("firstProfile") : proposal.app_id ? t("app") : t("account")}
                  </Tag>{" "}
                  <bdi title={`@${proposal.proposer.handle}`}>
                    {proposal.proposer.display_name || proposal.proposer.handle}
                  </bdi>{" "}
                  · <When at={proposal.proposed_at} />
                </p>
                <div className="halves">
                  {!proposal.first && <Face title={t("peopleSee")} of={proposal.current} />}
                  <Face
                    title={t("proposed")}
                    of={{
                      name: proposal.name,
                      description: proposal.description,
                      picture_url: proposal.picture_url,
                    }}
                  />
                </div>
              </Panel>
            ))
          )
        }
      </Loaded>
      <Rejection of={rejecting} onClose={() => setRejecting(null)} onDone={decided} />
    </Screen>
  );
}

/** A profile as people meet it. */
export function Face({ title, of }: { title: string; of: Profile }) {
  return (
    <section>
      <h3 className="face-title">{title}</h3>
      <div className="with-icon app-fact">
        <Icon url={of.picture_url} name={of.name} size={40} />
        <span>
          <strong dir="auto">{of.name}</strong>
          <div className="faint" dir="auto">
            {of.description}
          </div>
        </span>
      </div>
    </section>
  );
}

interface RejectionProps {
  of: ProfileProposal | null;
  onClose: () => void;
  onDone: (text: string) => Promise<void>;
}

function Rejection({ of, onClose, onDone }: RejectionProps) {
  const sending = useSending<{ note: string }>(async ({ note }) => {
    if (!of) return;
    await api.post<void>(`/admin/profile-changes/${of.id}/reject`, { note: note.trim() });
    onClose();
    await onDone(t("rejected"));
  });
  return (
    <FormDialog
      open={of !== null}
      title={t("rejectTitle", { version: of?.name ?? "" })}
      action={t("reject")}
      danger
      sending={sending}
      onClose={onClose}
    >
      <Form.Item
        name="note"
        label={t("whyRejected")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </FormDialog>
  );
}
