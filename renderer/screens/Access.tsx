import type { Card, Identity, Tile } from '@onebox/gateway/card/model.js';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../components/Button.js';
import { Countdown } from '../components/Countdown.js';
import { classText } from '../components/DeviceList.js';
import { late } from '../components/late.js';
import { NoticeLine } from '../components/Notice.js';
import { NoticesButton } from '../components/NoticesButton.js';
import { ProgressLine } from '../components/ProgressLine.js';
import { Screen } from '../components/Screen.js';
import { type TabModel, Tabs } from '../components/Tabs.js';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useApp, useSession } from '../state/app.js';
import { useWords } from '../state/clock.js';
import { tone } from '../state/tones.js';
import { AuditTab } from './access/AuditTab.js';
import { CardTab } from './access/CardTab.js';
import { CloseSheet } from './access/CloseSheet.js';
import { Covered } from './access/Covered.js';
import { DetailsSheet } from './access/DetailsSheet.js';
import { EpisodesTab } from './access/EpisodesTab.js';
import { ExtendSheet } from './access/ExtendSheet.js';
import { MatchSheet } from './access/MatchSheet.js';
import { accessNotices } from './access/notices.js';
import { StripsTab } from './access/StripsTab.js';
import { TrendsTab } from './access/TrendsTab.js';
import { useRecord } from './access/use-record.js';
import { type Filter, ValuesTab } from './access/ValuesTab.js';

const HandOverSheet = late(async () => (await import('./access/HandOverSheet.js')).HandOverSheet);

type TabId = 'card' | 'values' | 'episodes' | 'strips' | 'trends' | 'audit';

const WARNINGS = [
  [300_000, 'access.five', 'polite'],
  [120_000, 'access.two', 'assertive'],
  [0, 'access.ended', 'assertive'],
] as const;

/** Says when little time is left: once for each mark that is passed. */
function useTimeWarnings(left: number): void {
  const before = useRef(left);
  useEffect(() => {
    for (const [mark, id, politeness] of WARNINGS)
      if (before.current > mark && left <= mark) {
        announcer.say(text(id), politeness);
        if (mark === 0) tone('ended');
      }
    before.current = left;
  }, [left]);
}

/** Class, model (or the make where there is none), and the last four characters of the serial number. */
function deviceTitle(identity: Identity | undefined, deviceClass: string): string {
  const names = identity?.model ?? identity?.manufacturer;
  const tail = identity?.serial ? text('device.tail', { tail: identity.serial.slice(-4) }) : '';
  return [classText(identity?.deviceClass ?? deviceClass), [names, tail].filter(Boolean).join(' ')]
    .filter(Boolean)
    .join(' · ');
}

const reads = (card: Card | undefined): boolean =>
  card === undefined || card.read.state === 'connecting' || card.read.state === 'reading' || card.read.link === 'up';

/** An open access: the critical card first, everything else behind tabs. */
export function Access({ accessId }: { readonly accessId: string }) {
  const session = useSession();
  const { status, access, card: anyCard, live, faults } = useApp();
  const words = useWords();
  const [tab, setTab] = useState<TabId>('card');
  const [details, setDetails] = useState<Tile | undefined>(undefined);
  const [filter, setFilter] = useState<Filter>('all');
  const [closing, setClosing] = useState(false);
  const [extending, setExtending] = useState(false);
  const [handing, setHanding] = useState(false);
  const [matching, setMatching] = useState(false);
  const [episodeId, setEpisodeId] = useState<string | undefined>(undefined);
  const record = useRecord(accessId, tab);
  const card = anyCard?.accessId === accessId ? anyCard : undefined;
  const left = access ? access.endsAt - words.now : Number.POSITIVE_INFINITY;
  useTimeWarnings(left);

  const title = deviceTitle(card?.identity, access?.deviceClass ?? 'generic');
  const ended = access !== undefined && (access.state !== 'open' || left <= 0);
  const extend = access?.extendable ? () => setExtending(true) : undefined;
  const reading = reads(card);
  const notices = accessNotices(status?.audit.error, access, card, faults, () => setMatching(true), words);
  const match = card?.patientMatch.state;
  const tabs: readonly TabModel<TabId>[] = [
    {
      id: 'card',
      title: text('tab.card'),
      content: card ? (
        <CardTab
          card={card}
          onOpen={setDetails}
          onMore={() => {
            setFilter('flagged');
            setTab('values');
          }}
        />
      ) : (
        <p className="empty">{text('read.connecting')} …</p>
      ),
    },
    {
      id: 'values',
      title: text('tab.values'),
      content: <ValuesTab groups={record.values} filter={filter} onFilter={setFilter} onOpen={setDetails} />,
    },
    {
      id: 'episodes',
      title: text('tab.episodes', { count: card?.episodes ?? 0 }),
      content: (
        <EpisodesTab
          episodes={record.episodes}
          onStrip={(id) => {
            setEpisodeId(id);
            setTab('strips');
          }}
        />
      ),
    },
    {
      id: 'strips',
      title: text('tab.strips'),
      content: (
        <StripsTab
          accessId={accessId}
          entries={record.strips}
          live={live}
          episodes={record.episodes}
          episodeId={episodeId}
          onEpisode={setEpisodeId}
          reading={reading}
        />
      ),
    },
    {
      id: 'trends',
      title: text('tab.trends'),
      content: <TrendsTab trends={record.trends} reading={reading} />,
    },
    {
      id: 'audit',
      title: text('tab.audit'),
      content: <AuditTab audit={record.audit} access={access} device={title} />,
    },
  ];

  return (
    <Screen
      title={title}
      chips={match ? <b>{text(`patientMatch.${match}.chip`)}</b> : null}
      className={`access ${ended ? 'ended' : ''}`}
      override={access?.override}
      tools={
        <>
          {access ? <Countdown endsAt={access.endsAt} {...(extend && !ended ? { onExtend: extend } : {})} /> : null}
          {ended ? null : <NoticesButton notices={notices} />}
        </>
      }
      actions={
        <>
          {ended ? null : reading ? (
            <Button onPress={() => void session.run('stopReading', { accessId })}>{text('card.stop')}</Button>
          ) : (
            <Button onPress={() => void session.run('readAgain', { accessId })}>{text('card.again')}</Button>
          )}
          {ended || access?.override ? null : (
            <Button onPress={() => setHanding(true)}>{text('handover.button')}</Button>
          )}
          <Button onPress={() => session.showDevices()}>{text('card.other')}</Button>
          <Button kind="pri" onPress={() => setClosing(true)}>
            {text('card.close')}
          </Button>
        </>
      }
    >
      {ended ? (
        <Covered onExtend={extend} />
      ) : (
        <>
          <Tabs
            label={text('tab.list')}
            tabs={tabs}
            selected={tab}
            onSelect={setTab}
            end={card ? <ProgressLine read={card.read} /> : null}
          />
          <NoticeLine notices={notices} />
          {match === undefined || match === 'confirmed' ? null : (
            <div className={`match-bars ${match === 'contradicted' ? 'critical' : ''}`} aria-hidden="true" />
          )}
        </>
      )}
      {details && !ended ? <DetailsSheet tile={details} onClose={() => setDetails(undefined)} /> : null}
      {extending ? <ExtendSheet accessId={accessId} onDone={() => setExtending(false)} /> : null}
      {handing ? <HandOverSheet accessId={accessId} card={card} onClose={() => setHanding(false)} /> : null}
      {matching && !ended ? (
        <MatchSheet accessId={accessId} match={card?.patientMatch} onClose={() => setMatching(false)} />
      ) : null}
      {closing ? <CloseSheet accessId={accessId} reading={reading && !ended} onKeep={() => setClosing(false)} /> : null}
    </Screen>
  );
}
