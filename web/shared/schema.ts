// Made from docs/openapi.json by `make types`; do not edit.

export interface components {
    schemas: {
        APIToken: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description Its last four characters. */
            hint: string;
            id: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string | null;
            /** @example laptop */
            name: string;
        };
        APIUse: {
            /** Format: int64 */
            column: number;
            file: string;
            /** Format: int64 */
            line: number;
            name: string;
            supported: boolean;
        };
        AccountRef: {
            id: string;
            name: string;
        };
        AccountUpdate: {
            avatar_url?: string;
            description?: string;
            name?: string;
            welcome_text?: string;
        };
        Add: {
            collection: string;
            /** @description Objects. A date is {"$date": milliseconds}. */
            documents: unknown[] | null;
        };
        Added: {
            /** @description The _id of each. */
            ids: unknown[] | null;
        };
        Address: {
            city: string;
            county?: string;
            /** Format: date-time */
            created_at: string;
            /** @description Street and number */
            detail: string;
            id: string;
            phone: string;
            postal_code?: string;
            province?: string;
            recipient: string;
        };
        AdminApp: {
            account: components["schemas"]["AccountRef"];
            description: string;
            disabled: boolean;
            /** Format: date-time */
            disabled_at: string | null;
            /** @description As in the audit log, e.g. user:<id>. */
            disabled_by: string;
            disabled_by_name: string;
            disabled_reason: string;
            icon_url: string;
            /** @example ta0123456789abcdef */
            id: string;
            name: string;
            /** @description What users get; null before the first release. */
            released_version: components["schemas"]["Release"] | null;
        };
        Aggregate: {
            collection: string;
            /** @description Stages as MongoDB writes them: [{"$match": {"a": 1}}, {"$group": {"_id": "$b", "n": {"$sum": 1}}}]. */
            pipeline: unknown;
        };
        ApiTokensOutputBody: {
            items: components["schemas"]["APIToken"][];
            /** @description Always null. */
            next_cursor: string | null;
        };
        App: {
            account: components["schemas"]["AccountRef"];
            description: string;
            icon_url: string;
            /** @example ta0123456789abcdef */
            id: string;
            name: string;
            /** @description What users get; null before the first release. */
            released_version: components["schemas"]["Release"] | null;
        };
        AppName: {
            icon_url: string;
            id: string;
            name: string;
        };
        AppUpdate: {
            description?: string;
            icon_url?: string;
            name?: string;
        };
        "Approve-submissionRequest": {
            /** @description For the developer. */
            note?: string;
        };
        ApproveProfileInputBody: {
            /** @description For the developer. */
            note?: string;
        };
        Attempt: {
            /** Format: date-time */
            attempted_at: string;
            /** Format: int64 */
            duration_ms: number;
            error?: string;
            /** Format: int64 */
            number: number;
            /** @description The first bytes of the answer */
            response_start?: string;
            /**
             * Format: int64
             * @description HTTP status; absent if there was no answer
             */
            status?: number;
            url: string;
        };
        Background: {
            /** Format: int64 */
            app_count: number;
            avatar_url: string;
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            follower_count: number;
            handle: string;
            /** @description Of the official account. */
            id: string;
            kind: string;
            members: components["schemas"]["Member"][] | null;
            name: string;
            /** @description A reviewer has seen its profile. */
            reviewed: boolean;
            verified: boolean;
        };
        CapabilitiesOutputBody: {
            items: components["schemas"]["Description"][];
            /** @description Always null. */
            next_cursor: string | null;
        };
        Change: {
            collection: string;
            /** @description As MongoDB writes it: {"$set": {"a.b": 1}, "$inc": {"n": 1}}. */
            update: unknown;
            /** @description A condition as MongoDB writes it: {"price": {"$gte": 5}}. */
            where?: unknown;
        };
        ChangePasswordInputBody: {
            /** @description Of the second factor, if one is set up. */
            code?: string;
            /** @description Do not revoke the personal access tokens. */
            keep_api_tokens?: boolean;
            /** @description 8 to 128 characters. */
            new_password: string;
            old_password: string;
        };
        Check: {
            /**
             * Format: int64
             * @description How many of them break the law
             */
            broken: number;
            /** @description The first row that breaks it */
            first_wrong?: string;
            law: string;
            name: string;
            /**
             * Format: int64
             * @description How many rows were checked
             */
            rows: number;
        };
        ChecksOutputBody: {
            /** Format: date-time */
            checked_at: string;
            checks: components["schemas"]["Check"][];
            /** Format: int64 */
            duration_ms: number;
            ok: boolean;
        };
        ConfirmFactorInputBody: {
            code: string;
        };
        ConfirmFactorOutputBody: {
            /** @description Send it as: Authorization: Bearer … */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds until the access token must be refreshed.
             * @example 900
             */
            expires_in: number;
            /** @description The token allows nothing but the set-up of a second factor. */
            must_set_up_second_factor: boolean;
            /** @description Shown this once; each works once in place of a code. */
            recovery_codes: string[];
            user: components["schemas"]["User"];
        };
        ConsentApp: {
            icon_url: string;
            id: string;
            name: string;
        };
        ConsentRecord: {
            app: components["schemas"]["ConsentApp"];
            /** Format: date-time */
            granted_at: string;
            /** @example profile */
            scope: string;
        };
        Conversation: {
            avatar_url: string;
            id: string;
            /** @enum {string} */
            kind: "direct" | "account";
            last_message: components["schemas"]["Message"] | null;
            /** Format: int64 */
            last_seq: number;
            peer: components["schemas"]["Peer"];
            /** Format: int64 */
            read_seq: number;
            title: string;
            /** Format: int64 */
            unread: number;
            /** Format: date-time */
            updated_at: string;
        };
        Cookie: {
            Domain: string;
            /** Format: date-time */
            Expires: string;
            HttpOnly: boolean;
            /** Format: int64 */
            MaxAge: number;
            Name: string;
            Partitioned: boolean;
            Path: string;
            Quoted: boolean;
            Raw: string;
            RawExpires: string;
            /** Format: int64 */
            SameSite: number;
            Secure: boolean;
            Unparsed: string[] | null;
            Value: string;
        };
        Counted: {
            /** Format: int64 */
            total: number;
        };
        CreateOrderIn: {
            /**
             * Format: int64
             * @description Minor units of the currency (fen)
             */
            amount: number;
            /** @description Returned to you unchanged, up to 128 bytes */
            attach?: string;
            /** @description ISO 4217; absent means the platform's */
            currency?: string;
            /** @description What the customer pays for, up to 127 characters */
            description: string;
            /**
             * Format: int64
             * @description Seconds until it can no longer be paid; absent means two hours
             */
            expires_in?: number;
            /** @description The only user who may pay; absent means any user */
            open_id?: string;
            /** @description Your own number, 6 to 32 characters, unique for the app */
            out_trade_no: string;
        };
        CreateOrderOut: {
            order_id: string;
            pay: components["schemas"]["PayParams"];
            state: string;
        };
        Death: {
            /** Format: date-time */
            at: string;
            /** @description How the process ended and what it wrote; may contain text of the app. */
            detail: string;
        };
        Delivery: {
            /** Format: int64 */
            attempts: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            delivered_at: string | null;
            /** @description The webhook-id header */
            event_id: string;
            id: string;
            /** @description The last attempts, newest first */
            log: components["schemas"]["Attempt"][] | null;
            /** Format: date-time */
            next_at: string | null;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed";
            /** @description What the event is about, such as an order ID */
            subject: string;
            type: string;
        };
        Description: {
            /** @description Who may call it. */
            callers: ("app_session" | "account_server" | "app_function")[] | null;
            /** @description The user is asked once per app and scope. */
            consent: boolean;
            /** @description JSON Schema of the parameters. */
            input: unknown;
            /**
             * Format: int64
             * @description Size of the parameters.
             */
            max_bytes: number;
            /** @example orders.create */
            name: string;
            /** @description JSON Schema of the result. */
            output: unknown;
            /**
             * Format: int64
             * @description Calls a minute per app and user, or per app for the account's server.
             */
            per_minute: number;
            /**
             * @description What the caller must hold; empty for what every app may do.
             * @example payment
             */
            scope: string;
            summary: string;
            summary_zh: string;
        };
        DevApp: {
            account: components["schemas"]["AccountRef"];
            /** Format: date-time */
            created_at: string;
            description: string;
            /** @description Taken down by an administrator. */
            disabled: boolean;
            icon_url: string;
            /** @example ta0123456789abcdef */
            id: string;
            name: string;
            /** @description The proposal that waits for a reviewer, or the last one that was decided. */
            profile_change: components["schemas"]["ProfileChange"] | null;
            /** @description What users get; null before the first release. */
            released_version: components["schemas"]["Release"] | null;
            /** @description A reviewer has seen its profile; a change of it is a proposal from now on. */
            reviewed: boolean;
            /** @description The last four characters of the secret in force. */
            secret_hint: string;
            /** @description The same of the test secret; empty when there is none. */
            test_secret_hint: string;
        };
        Diagnostic: {
            code: string;
            /** Format: int64 */
            column?: number;
            file?: string;
            /** Format: int64 */
            line?: number;
            message: string;
            severity: string;
        };
        DisableInputBody: {
            disabled: boolean;
            /** @description For the audit log. */
            reason: string;
        };
        EndedOutputBody: {
            /**
             * Format: int64
             * @description How many sessions ended.
             */
            ended: number;
        };
        Entry: {
            /**
             * Format: int64
             * @description Signed minor units; negative left the wallet
             */
            amount: number;
            /** Format: int64 */
            balance_after: number;
            /** Format: date-time */
            created_at: string;
            currency: string;
            id: string;
            /** @enum {string} */
            kind: "payment" | "top_up" | "withdrawal" | "refund" | "fee" | "transfer" | "reversal";
            order_id: string | null;
            /** @description The other side's name */
            title: string;
        };
        Exchange: {
            /** @description The code of wx.login. */
            code: string;
        };
        FactorSetUp: {
            /**
             * @description For typing, base32.
             * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
             */
            secret: string;
            /** @description For a QR code: otpauth://totp/… */
            url: string;
        };
        Field: {
            message: string;
            path: string;
        };
        Fields: {
            city: string;
            county?: string;
            /** @description Street and number */
            detail: string;
            phone: string;
            postal_code?: string;
            province?: string;
            recipient: string;
        };
        File: {
            /**
             * Format: int64
             * @description Seconds since 1970
             */
            created: number;
            mime: string;
            name: string;
            /** @description As programs name it. */
            path: string;
            /**
             * Format: int64
             * @description Bytes
             */
            size: number;
        };
        FileChange: {
            /** Format: int64 */
            after: number;
            /** Format: int64 */
            before: number;
            /** @enum {string} */
            kind: "added" | "changed" | "deleted";
            path: string;
        };
        FilesOutputBody: {
            items: components["schemas"]["SourceFile"][];
            /** @description Always null: all files are listed. */
            next_cursor: string | null;
        };
        Finding: {
            file?: string;
            /** Format: int64 */
            line?: number;
            rule: string;
            text: string;
        };
        FollowOutputBody: {
            conversation_id: string;
        };
        Follower: {
            /** Format: date-time */
            followed_at: string;
            open_id: string;
        };
        FollowerList: {
            /** @description next_cursor of the previous page. */
            cursor?: string;
            /**
             * Format: int64
             * @default 30
             */
            limit: number;
        };
        Get: {
            collection: string;
            /** @description What is shown: {"name": true}. */
            fields?: unknown;
            /**
             * Format: int64
             * @description At most 20 for a program, 1000 for a server.
             */
            limit?: number;
            /**
             * @description Pairs of a field and asc or desc.
             * @example [
             *       [
             *         "price",
             *         "desc"
             *       ]
             *     ]
             */
            order?: (string[] | null)[] | null;
            /** Format: int64 */
            skip?: number;
            /** @description A condition as MongoDB writes it: {"price": {"$gte": 5}}. */
            where?: unknown;
        };
        Got: {
            documents: unknown[] | null;
        };
        HostUse: {
            /** Format: int64 */
            column: number;
            declared: boolean;
            file: string;
            /** Format: int64 */
            line: number;
            private: boolean;
            url: string;
        };
        Invitation: {
            account: components["schemas"]["AccountRef"];
            /** @description Set for a tester. */
            app: components["schemas"]["AppName"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            invited_by: components["schemas"]["PersonRef"];
            /** @description Who is invited. */
            person: components["schemas"]["PersonRef"];
            /** @enum {string} */
            role: "owner" | "developer" | "tester";
        };
        InviteMemberInputBody: {
            /** @description Whom to invite. */
            handle: string;
            /** @enum {string} */
            role: "owner" | "developer";
        };
        InviteTesterInputBody: {
            /** @description Whom to invite. */
            handle: string;
        };
        Item: {
            file?: string;
            /** Format: int64 */
            line?: number;
            /** @description The rule that is broken. */
            rule?: string;
            /** @description What is wrong and what would be right. */
            text: string;
        };
        ListOutputBody: {
            items: components["schemas"]["Address"][] | null;
        };
        LogInInputBody: {
            /** @description Of the authenticator, or a recovery code; asked for by the problem second-factor-needed. */
            code?: string;
            handle: string;
            password: string;
            /** @description Open your closed account again. */
            reopen?: boolean;
        };
        LogLine: {
            /** @description The member of wx that does not exist here, for kind unsupported. */
            api: string;
            /** Format: int64 */
            column: number;
            /** @description The developer's own file; empty when unknown. */
            file: string;
            /** Format: int64 */
            id: number;
            /** @description console (versions in development only), error, unsupported, host for the platform's own lines, or replay: what went into a session of a version in development up to its error. */
            kind: string;
            /** @enum {string} */
            level: "log" | "info" | "warn" | "error";
            /** Format: int64 */
            line: number;
            page: string;
            /** @description One user's visit; the user is not named. */
            session_id: string;
            /** @description For kind replay the log that the command teahouse replay plays; it is only there when the list is of one session. */
            stack: string;
            text: string;
            /** Format: date-time */
            time: string;
            version_id: string;
        };
        LoginSession: {
            /**
             * @description Empty when it cannot be told.
             * @example Firefox
             */
            browser: string;
            /** Format: date-time */
            created_at: string;
            /** @description The session that asks. */
            current: boolean;
            id: string;
            /** @description Of when it was last seen. */
            ip: string;
            /**
             * Format: date-time
             * @description To the quarter of an hour.
             */
            last_seen_at: string;
            /** @description The log-in was the first with this device. */
            new_device: boolean;
            /** @description The log-in showed a second factor. */
            second_factor: boolean;
            /**
             * @description Empty when it cannot be told.
             * @example Android
             */
            system: string;
            user_agent: string;
        };
        Member: {
            /** Format: date-time */
            created_at: string;
            display_name: string;
            handle: string;
            /** @enum {string} */
            role: "owner" | "developer";
            user_id: string;
        };
        MemberAccount: {
            avatar_url: string;
            /** Format: date-time */
            created_at: string;
            description: string;
            /** Format: int64 */
            follower_count: number;
            handle: string;
            id: string;
            /** @enum {string} */
            kind: "service" | "subscription";
            name: string;
            /** @description The proposal that waits for a reviewer, or the last one that was decided. */
            profile_change: components["schemas"]["ProfileChange"] | null;
            /** @description A reviewer has seen it. Before that only insiders can find and follow it. */
            reviewed: boolean;
            /**
             * @description What the caller is on it.
             * @enum {string}
             */
            role: "owner" | "developer";
            verified: boolean;
            welcome_text: string;
        };
        MerchantOrder: {
            /** Format: int64 */
            amount: number;
            attach: string;
            /** Format: date-time */
            created_at: string;
            currency: string;
            description: string;
            /** Format: date-time */
            expires_at: string;
            /** @description The user who paid, or the only one who may pay */
            open_id?: string;
            order_id: string;
            out_trade_no: string;
            /** Format: date-time */
            paid_at: string | null;
            /** @enum {string} */
            state: "pending" | "paid" | "closed" | "expired";
            /** @description The ledger's number of the payment */
            transaction_id?: string;
        };
        Message: {
            /** @description The sender's own name for the message */
            client_id: string;
            /** @description Shape depends on kind */
            content: unknown;
            conversation_id: string;
            /** Format: date-time */
            created_at: string;
            id: string;
            /** @enum {string} */
            kind: "text" | "image" | "app_card" | "template" | "receipt" | "system";
            sender: components["schemas"]["Sender"];
            /**
             * Format: int64
             * @description Position in the conversation, from 1, without gaps
             */
            seq: number;
        };
        MessagesOutputBody: {
            items: components["schemas"]["Message"][];
        };
        NamedEntry: {
            /** @example app.secret.rotate */
            action: string;
            /** @example user:0190f3f8-0000-7000-8000-000000000000 */
            actor: string;
            /** @description Empty when the actor is nothing that has a name. */
            actor_name: string;
            /** Format: date-time */
            at: string;
            detail: unknown;
            id: string;
            ip: string;
            request_id: string;
            /** @example app:ta0123456789abcdef */
            target: string;
            target_name: string;
        };
        NewAPITokenInputBody: {
            /**
             * Format: int64
             * @default 90
             */
            expires_in_days: number;
            /** @example laptop */
            name: string;
        };
        NewAPITokenOutputBody: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description Its last four characters. */
            hint: string;
            id: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string | null;
            /** @example laptop */
            name: string;
            /** @description Shown this once. */
            token: string;
        };
        NewAccount: {
            avatar_url?: string;
            description?: string;
            handle: string;
            /**
             * @default service
             * @enum {string}
             */
            kind: "service" | "subscription";
            name: string;
            /** @description Sent once to each new follower. */
            welcome_text?: string;
        };
        NewAppInputBody: {
            description?: string;
            name: string;
        };
        NewAppOutputBody: {
            app: components["schemas"]["DevApp"];
            /** @description Shown this once. */
            secret: string;
        };
        NewTemplateInputBody: {
            fields: components["schemas"]["TemplateField"][] | null;
            title: string;
        };
        OauthError: {
            /** @description The same in the language of the request. */
            detail: string;
            error: string;
            /** @description In English: RFC 6749 allows only ASCII. */
            error_description: string;
        };
        OauthToken: {
            access_token: string;
            /**
             * Format: int64
             * @example 7200
             */
            expires_in: number;
            /** @description What the token holds, separated by spaces. */
            scope: string;
            /** @enum {string} */
            token_type: "Bearer";
        };
        OfficialAccount: {
            /** @description Its released apps; empty in lists. */
            apps: components["schemas"]["App"][];
            avatar_url: string;
            /** @description The caller's conversation with it, once there is one. */
            conversation_id: string | null;
            description: string;
            /** Format: int64 */
            follower_count: number;
            /** @description Whether the caller follows it. */
            following: boolean;
            /** @example cafe */
            handle: string;
            id: string;
            /** @enum {string} */
            kind: "service" | "subscription";
            /** @example Corner Café */
            name: string;
            verified: boolean;
        };
        OpenID: {
            /** @example o_abcdefghijklmnopqrstuvwxyz */
            open_id: string;
            /** @example u_abcdefghijklmnopqrstuvwxyz */
            union_id: string;
        };
        OpenInputBody: {
            /** Format: uuid */
            user_id: string;
        };
        Order: {
            /**
             * Format: int64
             * @description Minor units
             */
            amount: number;
            app_id: string;
            /** Format: date-time */
            created_at: string;
            currency: string;
            description: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            out_trade_no: string;
            /** Format: date-time */
            paid_at: string | null;
            payee: components["schemas"]["Payee"];
            /** @enum {string} */
            state: "pending" | "paid" | "closed" | "expired";
        };
        OrderRef: {
            order_id?: string;
            out_trade_no?: string;
        };
        PageAdminApp: {
            items: components["schemas"]["AdminApp"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageApp: {
            items: components["schemas"]["App"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageAppName: {
            items: components["schemas"]["AppName"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageConsentRecord: {
            items: components["schemas"]["ConsentRecord"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageConversation: {
            items: components["schemas"]["Conversation"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageDelivery: {
            items: components["schemas"]["Delivery"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageDevApp: {
            items: components["schemas"]["DevApp"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageEntry: {
            items: components["schemas"]["Entry"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageFollower: {
            items: components["schemas"]["Follower"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageInvitation: {
            items: components["schemas"]["Invitation"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageLogLine: {
            items: components["schemas"]["LogLine"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageMember: {
            items: components["schemas"]["Member"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageMemberAccount: {
            items: components["schemas"]["MemberAccount"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageNamedEntry: {
            items: components["schemas"]["NamedEntry"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageOfficialAccount: {
            items: components["schemas"]["OfficialAccount"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageOrder: {
            items: components["schemas"]["Order"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PagePause: {
            items: components["schemas"]["Pause"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PagePerson: {
            items: components["schemas"]["Person"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageQuarantine: {
            items: components["schemas"]["Quarantine"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageReviewedChange: {
            items: components["schemas"]["ReviewedChange"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageSubmissionSummary: {
            items: components["schemas"]["SubmissionSummary"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageTemplate: {
            items: components["schemas"]["Template"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageTester: {
            items: components["schemas"]["Tester"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        PageVersion: {
            items: components["schemas"]["Version"][];
            /** @description Pass as cursor to get the next page; null at the end. */
            next_cursor: string | null;
        };
        Pause: {
            app_id: string;
            /** @description The ends of its worker that led to the pause, oldest first. */
            deaths: components["schemas"]["Death"][];
            id: string;
            /** Format: date-time */
            released_at: string | null;
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            state: "active" | "expired" | "released";
            /**
             * Format: date-time
             * @description When the version may be opened again, if nobody releases it earlier.
             */
            until: string;
            /**
             * @description What the developer calls the version.
             * @example 1.2.0
             */
            version: string;
            version_id: string;
        };
        PayInputBody: {
            /** @description Six digits */
            pin: string;
        };
        PayParams: {
            nonceStr: string;
            /** @description prepay_id=<order id> */
            package: string;
            paySign: string;
            /** @description HMAC-SHA256 */
            signType: string;
            /** @description Unix seconds, as text */
            timeStamp: string;
        };
        Payee: {
            avatar_url: string;
            id: string;
            name: string;
        };
        Peer: {
            handle: string;
            id: string;
            /** @enum {string} */
            type: "user" | "account";
        };
        Person: {
            avatar_url: string;
            /** Format: date-time */
            created_at: string;
            display_name: string;
            handle: string;
            id: string;
            /** Format: date-time */
            last_seen_at: string | null;
            /** @description Why an administrator last suspended or reopened the account, or changed its roles. */
            reason: string;
            roles: string[];
            second_factor: boolean;
            /**
             * Format: int64
             * @description How many are open.
             */
            sessions: number;
            /** @enum {string} */
            state: "open" | "suspended" | "closed" | "erased";
            /**
             * Format: date-time
             * @description null while open.
             */
            state_since: string | null;
        };
        PersonActionInputBody: {
            /** @description Written to the audit log. */
            reason: string;
        };
        PersonRef: {
            display_name: string;
            handle: string;
            id: string;
        };
        Picture: {
            /** Format: int64 */
            height: number;
            id: string;
            mime: string;
            /**
             * Format: int64
             * @description Bytes
             */
            size: number;
            thumbnail_url: string;
            url: string;
            /**
             * Format: int64
             * @description Pixels, as shown
             */
            width: number;
        };
        PinInputBody: {
            /** @description Of the account */
            password: string;
            /** @description Six digits */
            pin: string;
        };
        Problem: {
            /** @description Further facts, by problem type. */
            data?: unknown;
            /**
             * @description What happened and what to do, for people.
             * @example Amount must be a positive integer of minor units.
             */
            detail: string;
            /** @description The parts of the input that are wrong. */
            errors?: components["schemas"]["Field"][] | null;
            /** @description Give it when you ask for help; the host's log contains it too. */
            request_id?: string;
            /**
             * Format: int64
             * @description The HTTP status.
             * @example 422
             */
            status: number;
            /**
             * @description The class of problem.
             * @example The input is not valid
             */
            title: string;
            /**
             * @description The stable name of the problem; compare this, not the title.
             * @example /problems/bad-amount
             */
            type: string;
        };
        Profile: {
            description: string;
            name: string;
            picture_url: string;
        };
        ProfileChange: {
            account_id: string;
            /** @description Set for the profile of an app. */
            app_id: string | null;
            /** Format: date-time */
            decided_at: string | null;
            decided_by: string | null;
            description: string;
            id: string;
            name: string;
            /** @description Of the reviewer, for the developer. */
            note: string;
            picture_url: string;
            /** Format: date-time */
            proposed_at: string;
            proposed_by: string;
            /** @enum {string} */
            state: "pending" | "approved" | "rejected" | "withdrawn";
        };
        Profiles: {
            account: components["schemas"]["Profile"];
            app: components["schemas"]["Profile"];
        };
        ProofInputBody: {
            /** @description Of the second factor, if one is set up; or a recovery code. */
            code?: string;
            password: string;
        };
        PublicUser: {
            avatar_url: string;
            display_name: string;
            handle: string;
            id: string;
        };
        Quarantine: {
            app: components["schemas"]["App"];
            app_id: string;
            /** @description The ends of its worker that led to the pause, oldest first. */
            deaths: components["schemas"]["Death"][];
            /** @description Where the worker died. */
            host: string;
            id: string;
            release_reason: string;
            /** Format: date-time */
            released_at: string | null;
            released_by: components["schemas"]["PersonRef"] | null;
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            state: "active" | "expired" | "released";
            /**
             * Format: date-time
             * @description When the version may be opened again, if nobody releases it earlier.
             */
            until: string;
            /**
             * @description What the developer calls the version.
             * @example 1.2.0
             */
            version: string;
            version_id: string;
        };
        Query: {
            collection: string;
            /** @description A condition as MongoDB writes it: {"price": {"$gte": 5}}. */
            where?: unknown;
        };
        ReadInputBody: {
            /** Format: int64 */
            seq: number;
        };
        ReadOutputBody: {
            /** Format: int64 */
            read_seq: number;
            /** Format: int64 */
            unread: number;
        };
        RecoveryCodesOutputBody: {
            /** @description Shown this once; each works once in place of a code. */
            recovery_codes: string[];
        };
        RegistryCheck: {
            /** Format: date-time */
            finished_at: string | null;
            /** @description As teahouse check --json writes it; null unless the state is done. */
            report: unknown;
            /** Format: date-time */
            requested_at: string;
            /** @enum {string} */
            state: "waiting" | "done" | "failed";
        };
        "Reject-submissionRequest": {
            /** @description All reasons at once: the developer should not have to come back for each. */
            reasons: components["schemas"]["Item"][] | null;
        };
        RejectProfileInputBody: {
            /** @description Why, for the developer. */
            note: string;
        };
        Release: {
            id: string;
            /** @example 1.2.0 */
            version: string;
        };
        ReleaseInputBody: {
            /** @description Why it may be opened again; kept with the quarantine and in the audit log. */
            reason: string;
        };
        Removed: {
            /** Format: int64 */
            removed: number;
        };
        Report: {
            apis: components["schemas"]["APIUse"][] | null;
            app_name: string;
            collections?: {
                [key: string]: string;
            };
            domains: string[] | null;
            functions?: string[] | null;
            hosts: components["schemas"]["HostUse"][] | null;
            pages: string[] | null;
            scopes: string[] | null;
        };
        ReviewedChange: {
            account: components["schemas"]["AccountRef"];
            account_id: string;
            /** @description Set for the profile of an app. */
            app_id: string | null;
            /** @description What people see now. */
            current: components["schemas"]["Profile"];
            /** Format: date-time */
            decided_at: string | null;
            decided_by: string | null;
            description: string;
            /** @description Nobody has reviewed this account before. */
            first: boolean;
            id: string;
            name: string;
            /** @description Of the reviewer, for the developer. */
            note: string;
            picture_url: string;
            /** Format: date-time */
            proposed_at: string;
            proposed_by: string;
            proposer: components["schemas"]["PersonRef"];
            /** @enum {string} */
            state: "pending" | "approved" | "rejected" | "withdrawn";
        };
        SearchUsersOutputBody: {
            items: components["schemas"]["PublicUser"][];
            /** @description Always null: a search that finds too many should be narrowed. */
            next_cursor: string | null;
        };
        SecretOutputBody: {
            /** @description Shown this once; the old one no longer works. */
            secret: string;
        };
        Security: {
            /**
             * Format: int64
             * @description How many personal access tokens are in force.
             */
            api_tokens: number;
            /**
             * Format: date-time
             * @description null: not since signing up.
             */
            password_changed_at: string | null;
            /**
             * Format: int64
             * @description How many are left.
             */
            recovery_codes: number;
            /** @description Whether one is set up. */
            second_factor: boolean;
            /** @description Whether the person's roles ask for one here. */
            second_factor_required: boolean;
            /** Format: date-time */
            second_factor_since: string | null;
        };
        SendInputBody: {
            client_id: string;
            content: unknown;
            /** @enum {string} */
            kind: "text" | "image";
        };
        Sender: {
            avatar_url: string;
            id: string;
            name: string;
            /** @enum {string} */
            type: "user" | "account" | "system";
        };
        SentMessage: {
            message_id: string;
        };
        Session: {
            /** @description Send it as: Authorization: Bearer … */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds until the access token must be refreshed.
             * @example 900
             */
            expires_in: number;
            /** @description The token allows nothing but the set-up of a second factor. */
            must_set_up_second_factor: boolean;
            user: components["schemas"]["User"];
        };
        SessionsOutputBody: {
            items: components["schemas"]["LoginSession"][];
            /** @description Always null. */
            next_cursor: string | null;
        };
        Set: {
            collection: string;
            document: unknown;
            /** @description A text or a number. */
            id: unknown;
        };
        SetMemberInputBody: {
            /** @enum {string} */
            role: "owner" | "developer";
        };
        SetRolesInputBody: {
            /** @description Written to the audit log. */
            reason: string;
            roles: ("user" | "developer" | "admin")[];
        };
        SignUpInputBody: {
            display_name?: string;
            /** @description 3 to 30 of a-z, 0-9, _ and -, the first a letter. */
            handle: string;
            /** @description 8 to 128 characters. */
            password: string;
        };
        SourceFile: {
            path: string;
            /** Format: int64 */
            size: number;
        };
        SourceText: {
            path: string;
            /** Format: int64 */
            size: number;
            text: string | null;
            /** @description Only the first megabyte is shown. */
            truncated: boolean;
        };
        Step: {
            collection: string;
            /** @enum {string} */
            do: "get" | "add" | "set" | "update" | "remove";
            /** @description Of add and set. */
            document?: unknown;
            /** @description A text or a number; none for add, whose document may have an _id. */
            id?: unknown;
            /** @description Of update, as in cloud.update. */
            update?: unknown;
        };
        Submission: {
            app_id: string;
            baseline_id: string | null;
            /** Format: date-time */
            decided_at: string | null;
            decided_by: string | null;
            id: string;
            note: string;
            notes: string;
            profiles: components["schemas"]["Profiles"] | null;
            scope_reasons: {
                [key: string]: string;
            } | null;
            /** @enum {string} */
            state: "pending" | "withdrawn" | "approved" | "rejected";
            /** Format: date-time */
            submitted_at: string;
            submitted_by: string;
            version_id: string;
        };
        SubmissionDetail: {
            app: components["schemas"]["App"];
            app_id: string;
            baseline: components["schemas"]["Version"] | null;
            baseline_id: string | null;
            changes: components["schemas"]["FileChange"][] | null;
            /** @description What running the version headless found; null when it was not asked for. */
            check: components["schemas"]["RegistryCheck"] | null;
            /** Format: date-time */
            decided_at: string | null;
            decided_by: string | null;
            decider: components["schemas"]["PersonRef"] | null;
            developer: components["schemas"]["Background"];
            files: components["schemas"]["SourceFile"][] | null;
            /** @description Earlier submissions of the app, newest first. */
            history: components["schemas"]["SubmissionSummary"][] | null;
            id: string;
            note: string;
            notes: string;
            profiles: components["schemas"]["Profiles"] | null;
            reasons: components["schemas"]["Finding"][] | null;
            scope_reasons: {
                [key: string]: string;
            } | null;
            /** @enum {string} */
            state: "pending" | "withdrawn" | "approved" | "rejected";
            /** Format: date-time */
            submitted_at: string;
            submitted_by: string;
            submitter: components["schemas"]["PersonRef"];
            version: components["schemas"]["Version"];
            version_id: string;
        };
        SubmissionSummary: {
            app: components["schemas"]["App"];
            app_id: string;
            baseline_id: string | null;
            /** Format: date-time */
            decided_at: string | null;
            decided_by: string | null;
            decider: components["schemas"]["PersonRef"] | null;
            id: string;
            note: string;
            notes: string;
            profiles: components["schemas"]["Profiles"] | null;
            reasons: components["schemas"]["Finding"][] | null;
            scope_reasons: {
                [key: string]: string;
            } | null;
            /** @enum {string} */
            state: "pending" | "withdrawn" | "approved" | "rejected";
            /** Format: date-time */
            submitted_at: string;
            submitted_by: string;
            submitter: components["schemas"]["PersonRef"];
            version: components["schemas"]["Version"];
            version_id: string;
        };
        "Submit-versionRequest": {
            /** @description What the reviewer should know. */
            notes?: string;
            /** @description Why the app needs each scope. */
            scope_reasons?: {
                [key: string]: string;
            };
        };
        SubscriptionMessage: {
            /** @description Your ID for the message. A message with the same ID is sent only once, so retry with it. */
            client_id?: string;
            /** @description The text of each field, by its key. */
            data: {
                [key: string]: string;
            } | null;
            /** @description To whom. */
            open_id: string;
            /** @description The page that a tap opens, with its query. */
            path?: string;
            /** @description Which template the user has allowed. */
            template_id: string;
        };
        Template: {
            /** Format: date-time */
            created_at: string;
            fields: components["schemas"]["TemplateField"][];
            id: string;
            /** @example Your order is ready */
            title: string;
        };
        TemplateField: {
            /** @example status */
            key: string;
            /** @example Status */
            label: string;
        };
        Tester: {
            /** Format: date-time */
            created_at: string;
            display_name: string;
            handle: string;
            id: string;
        };
        TextMessage: {
            /** @description Your ID for the message. A message with the same ID is sent only once, so retry with it. */
            client_id?: string;
            /** @description To whom. */
            open_id: string;
            text: string;
        };
        TopUp: {
            /** Format: int64 */
            amount: number;
            /** Format: date-time */
            created_at: string;
            currency: string;
            id: string;
            /** @description Why the bank refused, as a slug */
            reason?: string;
            /** Format: date-time */
            settled_at: string | null;
            /** @enum {string} */
            state: "pending" | "settled" | "refused";
        };
        TopUpInputBody: {
            /**
             * Format: int64
             * @description Minor units
             */
            amount: number;
            currency: string;
        };
        Transacted: {
            /**
             * Format: int64
             * @description Of update and remove.
             */
            changed: number;
            /** @description Of set. */
            created?: boolean;
            /** @description Of get; none when there is no such document. */
            document?: unknown;
            /** @description Of add. */
            id?: unknown;
            seen: {
                [key: string]: string;
            } | null;
        };
        Transaction: {
            /** @description Whether the changes are kept. Without it nothing changes. */
            commit?: boolean;
            /** @description What the call before has answered. */
            seen?: {
                [key: string]: string;
            };
            steps: components["schemas"]["Step"][] | null;
        };
        UpdateMeInputBody: {
            avatar_url?: string;
            display_name?: string;
            /** @enum {string} */
            locale?: "en" | "zh-CN";
        };
        Updated: {
            /** Format: int64 */
            updated: number;
        };
        User: {
            avatar_url: string;
            /** Format: date-time */
            created_at: string;
            /** @example Mei */
            display_name: string;
            /** @example mei */
            handle: string;
            /** @description Whether a payment PIN is set. */
            has_pin: boolean;
            id: string;
            /** @enum {string} */
            locale: "en" | "zh-CN";
            roles: ("user" | "developer" | "admin")[];
        };
        VerifyInputBody: {
            verified: boolean;
        };
        Version: {
            app_id: string;
            bundle_sha256: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            diagnostics: components["schemas"]["Diagnostic"][] | null;
            /** Format: int64 */
            file_count: number;
            findings: components["schemas"]["Finding"][] | null;
            id: string;
            image_hash: string | null;
            notes: string;
            /** @description The version does not compile since the platform was updated, and cannot be opened. The diagnostics say why. */
            outdated: boolean;
            report: components["schemas"]["Report"];
            /** Format: int64 */
            size: number;
            /** @enum {string} */
            state: "failed" | "ready" | "submitted" | "approved" | "rejected" | "released" | "retired";
            submission: components["schemas"]["Submission"] | null;
            version: string;
        };
        Wallet: {
            /**
             * Format: int64
             * @description Minor units, held ones included
             */
            balance: number;
            currency: string;
            has_pin: boolean;
            /**
             * Format: int64
             * @description The part of the balance that is set aside
             */
            held: number;
        };
        WasSet: {
            created: boolean;
        };
        WebhookInputBody: {
            url: string;
        };
        WebhookOutputBody: {
            disabled_reason?: string;
            /** @description Shown once, when it is made */
            secret?: string;
            url: string;
        };
    };
    responses: {
        /** @description The input breaks a rule; errors says which part. Repeating it does not help. */
        InvalidInput: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nobody is logged in, or the token has expired. Log in again or get a new token, then repeat. */
        LoginRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token does not allow this: another role or scope is needed. */
        NotAllowed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It does not exist, or the caller may not see it. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The present state does not allow it. Read the state again, then decide. */
        NotNow: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than this operation accepts. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. Wait as many seconds as Retry-After says. */
        TooMany: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A part of the service is busy or unavailable at the moment. Wait for Retry-After, then repeat. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
