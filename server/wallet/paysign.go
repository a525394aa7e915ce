package wallet

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
)

// PayParams are the parameters that a merchant's server passes to its app, and the app to
// wx.requestPayment. The platform signs them: the signature proves that the app's own server made
// the order for this app.
type PayParams struct {
	TimeStamp string `json:"timeStamp" doc:"Unix seconds, as text"`
	NonceStr  string `json:"nonceStr"`
	Package   string `json:"package" doc:"prepay_id=<order id>"`
	SignType  string `json:"signType" doc:"HMAC-SHA256"`
	PaySign   string `json:"paySign"`
}

const (
	signType     = "HMAC-SHA256"
	prepayPrefix = "prepay_id="
)

// signPay makes the parameters for an order. Each call makes new ones.
func (s *Service) signPay(appID string, orderID uuid.UUID) PayParams {
	p := PayParams{TimeStamp: strconv.FormatInt(s.now().Unix(), 10), NonceStr: rand.Text(),
		Package: prepayPrefix + orderID.String(), SignType: signType}
	p.PaySign = s.paySignature(appID, p)
	return p
}

// paySignature signs the same four lines as existing platforms' interfaces.
func (s *Service) paySignature(appID string, p PayParams) string {
	mac := hmac.New(sha256.New, s.signKey)
	mac.Write([]byte(appID + "\n" + p.TimeStamp + "\n" + p.NonceStr + "\n" + p.Package + "\n"))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// checkPay returns the order of the parameters. Returns Invalid for parameters that this
// installation did not make for this app, or that are too old.
func (s *Service) checkPay(appID string, p PayParams) (uuid.UUID, error) {
	id, isOrder := strings.CutPrefix(p.Package, prepayPrefix)
	if !isOrder || p.SignType != signType || len(p.NonceStr) > maxNonce ||
		!hmac.Equal([]byte(s.paySignature(appID, p)), []byte(p.PaySign)) {
		return uuid.Nil, fault.Errorf(fault.Invalid, "bad-pay-sign",
			"The payment parameters were not signed for this app; pass on the result of orders.create without changes.")
	}
	seconds, err := strconv.ParseInt(p.TimeStamp, 10, 64)
	if err != nil {
		return uuid.Nil, fault.Errorf(fault.Invalid, "bad-pay-sign", "timeStamp is not a number of seconds.")
	}
	age := s.now().Sub(time.Unix(seconds, 0))
	if age > payments.PrepayLife || age < -maxFutureSkew {
		return uuid.Nil, fault.Errorf(fault.Conflict, "pay-params-expired",
			"The payment parameters have expired; call orders.create again with the same out_trade_no.")
	}
	orderID, err := uuid.Parse(id)
	if err != nil {
		return uuid.Nil, fault.Errorf(fault.Invalid, "bad-pay-sign", "package does not name an order.")
	}
	return orderID, nil
}
