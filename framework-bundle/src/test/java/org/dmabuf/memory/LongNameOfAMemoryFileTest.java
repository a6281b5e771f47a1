package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;

/** A name that is longer than the system takes was ENOMEM, as if memory were short. */
@Row("N11")
class LongNameOfAMemoryFileTest {
  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryFiles files = new MemoryFiles(pool);
  private final MemoryAccount account = new MemoryAccount("test");

  @Test
  void nameOfMoreThan249BytesIsEinval() {
    files.create("n".repeat(249), 0, account).close();
    files.create("\u00e4".repeat(124), 0, account).close();
    assertErrno(Errno.EINVAL, () -> files.create("n".repeat(250), 4096, account));
    assertErrno(Errno.EINVAL, () -> files.create("\u00e4".repeat(125), 4096, account));
    assertThat(account.used()).isZero();
    pool.close();
  }
}
