package org.dmabuf.media;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/** What the failures of files are called. */
final class Failures {
  private Failures() {}

  static DmaBufException of(Path path, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new DmaBufException(Errno.ENOENT, "There is no file '" + path + "'");
    }
    if (e instanceof AccessDeniedException) {
      return new DmaBufException(Errno.EACCES, "File '" + path + "' may not be read");
    }
    if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException) {
      return new DmaBufException(
          Errno.EINTR, "Reading file '" + path + "' was interrupted; read again");
    }
    return new DmaBufException(Errno.EIO, "File '" + path + "' cannot be read: " + e);
  }
}
