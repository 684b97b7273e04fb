import { Fragment, useState } from 'react';
import { text } from '../messages/i18n.js';
import { Button, IconButton } from './Button.js';
import { Notice, type NoticeModel, sorted } from './Notice.js';
import { Sheet } from './Sheet.js';

/** How many notices there are; opens all of them, with their references. */
export function NoticesButton({ notices }: { readonly notices: readonly NoticeModel[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        icon="note"
        label={text('card.notices.count', { count: notices.length })}
        name={text('card.notices.name', { count: notices.length })}
        onPress={() => setOpen(true)}
      />
      {open ? (
        <Sheet title={text('card.notices')} onClose={() => setOpen(false)}>
          <div className="notices">
            {sorted(notices).map((notice) => (
              <Fragment key={notice.key}>
                <Notice notice={notice} />
                {notice.action ? (
                  <Button
                    onPress={() => {
                      setOpen(false);
                      notice.action?.run();
                    }}
                  >
                    {notice.action.label}
                  </Button>
                ) : null}
              </Fragment>
            ))}
          </div>
          <div className="sheet-actions">
            <Button kind="pri" onPress={() => setOpen(false)}>
              {text('action.close')}
            </Button>
          </div>
        </Sheet>
      ) : null}
    </>
  );
}
