package org.dmabuf.launcher;

/** The exit statuses of {@code ./dmabuf}. */
enum ExitCode {
  /** All went well. */
  OK(0),
  /** Something was lost or failed. */
  FAILED(1),
  /** The input was wrong; nothing was started, or nothing is left of it. */
  BAD_INPUT(2);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }
}
