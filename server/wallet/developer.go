package wallet

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/payments/orders"
	"github.com/teahouse/teahouse/payments/webhooks"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
)

// developerRoutes adds the operations for members of an official account about their app's orders
// and webhook.
func (s *Service) developerRoutes(api huma.API) {
	tags := []string{"Developer"}
	huma.Register(api, huma.Operation{OperationID: "list-app-orders", Method: http.MethodGet,
		Path: "/api/v1/dev/apps/{app_id}/orders", Summary: "List the orders of an app", Tags: tags,
		Security: auth.AsDeveloper}, s.handleAppOrders)
	huma.Register(api, huma.Operation{OperationID: "get-webhook", Method: http.MethodGet,
		Path: "/api/v1/dev/apps/{app_id}/webhook", Summary: "Read where an app's events go", Tags: tags,
		Security: auth.AsDeveloper}, s.handleGetWebhook)
	huma.Register(api, huma.Operation{OperationID: "set-webhook", Method: http.MethodPut,
		Path: "/api/v1/dev/apps/{app_id}/webhook", Summary: "Set where an app's events go", Tags: tags,
		Description: "Returns a new secret, which is shown only once. The old one also signs for a day.",
		Security:    auth.AsDeveloper}, s.handleSetWebhook)
	huma.Register(api, huma.Operation{OperationID: "list-deliveries", Method: http.MethodGet,
		Path: "/api/v1/dev/apps/{app_id}/deliveries", Summary: "List webhook deliveries", Tags: tags,
		Security: auth.AsDeveloper}, s.handleDeliveries)
	huma.Register(api, huma.Operation{OperationID: "resend-delivery", Method: http.MethodPost,
		Path:    "/api/v1/dev/apps/{app_id}/deliveries/{id}/resend",
		Summary: "Deliver an event again", Tags: tags, Security: auth.AsDeveloper}, s.handleResend)
}

type appOrdersInput struct {
	AppID string `path:"app_id"`
	State string `query:"state" enum:"pending,paid,closed,expired" doc:"Only orders in this state."`
	paging.Query
}

type appOrdersOutput struct{ Body paging.Page[Order] }

func (s *Service) handleAppOrders(ctx context.Context, in *appOrdersInput) (*appOrdersOutput, error) {
	if err := s.directory.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	position, err := in.Position(2)
	if err != nil {
		return nil, err
	}
	var before orders.Cursor
	if position != nil {
		at, atErr := time.Parse(time.RFC3339Nano, position[0])
		id, idErr := uuid.Parse(position[1])
		if atErr != nil || idErr != nil {
			return nil, fault.Errorf(fault.Invalid, "bad-cursor",
				"The cursor is not valid; start again without one.")
		}
		before = orders.Cursor{CreatedAt: at, ID: id}
	}
	found, err := s.orders.List(ctx, in.AppID, payments.OrderState(in.State), before, in.Rows())
	if err != nil {
		return nil, err
	}
	views := make([]Order, len(found))
	if len(found) > 0 {
		payee, err := s.payee(ctx, found[0])
		if err != nil {
			return nil, err
		}
		for i, o := range found {
			payee.Name = o.PayeeName
			views[i] = orderView(o, payee)
		}
	}
	return &appOrdersOutput{paging.Of(in.Query, views, func(o Order) []string {
		return []string{o.CreatedAt.Format(time.RFC3339Nano), o.ID.String()}
	})}, nil
}

type (
	appInput struct {
		AppID string `path:"app_id"`
	}
	webhookInput struct {
		AppID string `path:"app_id"`
		Body  struct {
			URL string `json:"url" minLength:"1" maxLength:"2048"`
		}
	}
	webhookOutput struct {
		Body struct {
			URL            string `json:"url"`
			Secret         string `json:"secret,omitempty" doc:"Shown once, when it is made"`
			DisabledReason string `json:"disabled_reason,omitempty"`
		}
	}
)

func (s *Service) handleGetWebhook(ctx context.Context, in *appInput) (*webhookOutput, error) {
	if err := s.directory.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	endpoint, err := s.hooks.Endpoint(ctx, in.AppID)
	if err != nil {
		return nil, err
	}
	out := &webhookOutput{}
	out.Body.URL, out.Body.DisabledReason = endpoint.URL, spoken(ctx, endpoint.DisabledReason)
	return out, nil
}

func (s *Service) handleSetWebhook(ctx context.Context, in *webhookInput) (*webhookOutput, error) {
	if err := s.directory.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	endpoint, secret, err := s.hooks.Configure(ctx, in.AppID, in.Body.URL)
	if err != nil {
		return nil, err
	}
	err = audit.Record(ctx, s.pool, audit.Entry{Action: "app.webhook.set",
		Target: "app:" + in.AppID, Detail: map[string]string{"url": endpoint.URL}})
	if err != nil {
		return nil, err
	}
	out := &webhookOutput{}
	out.Body.URL, out.Body.Secret = endpoint.URL, secret
	return out, nil
}

type deliveriesOutput struct{ Body paging.Page[Delivery] }

func (s *Service) handleDeliveries(ctx context.Context, in *appOrdersInput) (*deliveriesOutput, error) {
	if err := s.directory.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	position, err := in.Position(1)
	if err != nil {
		return nil, err
	}
	before := uuid.Nil
	if position != nil {
		if before, err = uuid.Parse(position[0]); err != nil {
			return nil, fault.Errorf(fault.Invalid, "bad-cursor",
				"The cursor is not valid; start again without one.")
		}
	}
	found, err := s.hooks.Deliveries(ctx, in.AppID, before, in.Rows())
	if err != nil {
		return nil, err
	}
	views := mapped(found, func(d webhooks.Delivery) Delivery {
		for i := range d.Log {
			d.Log[i].Error = spoken(ctx, d.Log[i].Error)
		}
		return Delivery(d)
	})
	return &deliveriesOutput{paging.Of(in.Query, views,
		func(d Delivery) []string { return []string{d.ID.String()} })}, nil
}

// spoken returns a text that was stored in English in the language of the request.
func spoken(ctx context.Context, text string) string {
	return fault.Translate(request.FromContext(ctx).Language, text)
}

type resendInput struct {
	AppID string    `path:"app_id"`
	ID    uuid.UUID `path:"id" format:"uuid"`
}

func (s *Service) handleResend(ctx context.Context, in *resendInput) (*struct{}, error) {
	if err := s.directory.RequireMember(ctx, in.AppID); err != nil {
		return nil, err
	}
	if err := s.hooks.Resend(ctx, in.AppID, in.ID); err != nil {
		return nil, err
	}
	return nil, audit.Record(ctx, s.pool, audit.Entry{Action: "app.webhook.resend",
		Target: "app:" + in.AppID, Detail: map[string]string{"delivery": in.ID.String()}})
}
