import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

export function say(message: ReactNode, seconds = 4): string {
  return notifications.show({ message, autoClose: seconds * 1000, withBorder: true, color: "blue" });
}

export function sayProblem(error: Error): void {
  notifications.show({ message: error.message, color: "red", autoClose: 8000, withBorder: true });
}

export function unsay(id: string): void {
  notifications.hide(id);
}
