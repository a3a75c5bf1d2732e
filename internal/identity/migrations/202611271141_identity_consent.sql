-- +goose Up
-- What people are asked to agree to, by version; a version is never changed.
CREATE TABLE identity_consent_text (
    kind      TEXT NOT NULL, -- terms face sharing licence
    version   BIGINT NOT NULL,
    body      TEXT NOT NULL, -- paragraphs, one a line
    begins_on TEXT NOT NULL, -- civil date
    made_by   TEXT NOT NULL, -- account; '' with the program
    PRIMARY KEY (kind, version)
);
INSERT INTO identity_consent_text (kind, version, body, begins_on, made_by) VALUES
('terms', 1, '注册账号后，可以在网上申请、补正、查进度、收通知，都不收费。
账号只给本人用。替别人办的，请先办委托；借给别人用的，办出来的事算您自己的。
您填写的姓名、证件号码、电话、地址和申请材料，只用来办您申请的事，依照法律法规规定的期限保存。
不想用账号的，可以带身份证到任一窗口办，办的事一样。', '2026-01-01', ''),
('face', 1, '只用来和人像库里您自己的照片比一次，看是不是本人。
拍到的画面比完就丢掉，不保存，也不给别人。
只记下结果、相似程度、程序版本和核验编号。
比对由计算机做，可能认错。本市还没有测过它的准确率，认不出来的，窗口照样给您办。', '2026-01-01', ''),
('sharing', 1, '您同意后，这个应用才能得到页面上列出的信息，只用来办它写明的事。
给了哪个应用、给了什么、什么时候给的，都记下来，您随时看得到。
可以随时在“已授权的应用”里取消，取消后它不能再取得您的信息。', '2026-01-01', ''),
('licence', 1, '办事要用到您的电子证照时，只调用这件事写明要用的那几张，代替您交复印件。
调用了哪张、为哪件事，都记下来，您随时看得到。
不同意的，可以照常交原件或者复印件。', '2026-01-01', '');

-- Who agreed to what. Withdrawn rows stay.
CREATE TABLE identity_consent (
    id           TEXT PRIMARY KEY,
    account      TEXT NOT NULL,
    kind         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    channel      TEXT NOT NULL, -- web window
    given_at     TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP
);
CREATE UNIQUE INDEX identity_consent_standing ON identity_consent (account, kind, version) WHERE withdrawn_at IS NULL;
CREATE INDEX identity_consent_account ON identity_consent (account, given_at DESC, id DESC);
