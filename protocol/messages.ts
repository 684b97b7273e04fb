/** The generated messages of onebox.v1 under short names. `Finding` is the plain object, `v1.Finding` encodes and decodes it. */
import './numbers.js';
import { onebox } from './generated/onebox.js';

export import v1 = onebox.v1;

export type Coding = onebox.v1.ICoding;
export type Code = onebox.v1.ICode;
export type Decimal = onebox.v1.IDecimal;
export type Numeric = onebox.v1.INumeric;
export type Range = onebox.v1.IRange;
export type Compound = onebox.v1.ICompound;
export type Bits = onebox.v1.IBits;
export type SampleArray = onebox.v1.ISampleArray;
export type Time = onebox.v1.ITime;
export type DeviceIdentity = onebox.v1.IDeviceIdentity;
export type Component = onebox.v1.IComponent;
export type Source = onebox.v1.ISource;
export type Limit = onebox.v1.ILimit;
export type Observation = onebox.v1.IObservation;
export type Episode = onebox.v1.IEpisode;
export type Alert = onebox.v1.IAlert;
export type DeviceClock = onebox.v1.IDeviceClock;
export type RawEvidence = onebox.v1.IRawEvidence;
export type Progress = onebox.v1.IProgress;
export type Fault = onebox.v1.IFault;
export type Finding = onebox.v1.IFinding;
export type Interrogation = onebox.v1.IInterrogation;
export type Missing = onebox.v1.IMissing;
export type Request = onebox.v1.IRequest;
export type Response = onebox.v1.IResponse;

export import Phase = onebox.v1.Phase;
