export { type HostName, isHostName, isUserName, parseHostName } from "../core/hostName";
