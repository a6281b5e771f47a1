package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.Row;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.Test;

/** Numbers at the ends of a table, and what its refusals say. */
class DescriptorsTest {
  private final FileTable table = table("program", 3);

  private static FileTable table(String owner, int limit) {
    return new FileTable(owner, new MemoryAccount(owner), limit, 4096, new ManualClock());
  }

  private static final class Plain extends OpenFile {
    @Override
    public String describe() {
      return "plain file";
    }

    @Override
    protected void released() {}
  }

  @Test
  void fullTableIsInheritedByOneOfTheSameLimit() {
    Plain file = new Plain();
    table.install(file, false);
    table.dup(0, 2, true);
    table.dup(0);
    FileTable child = table("child", 3);
    child.passing().inherit(table);
    assertThat(child.size()).isEqualTo(3);
    assertThat(child.isCloseOnExec(2)).isTrue();
    table.setCloseOnExec(2, false);
    assertThat(child.isCloseOnExec(2)).as("its own from then on").isTrue();
    assertThat(file.references()).isEqualTo(6);
  }

  @Test
  @Row("A/16")
  void dupToItselfIsThatNumber() {
    table.install(new Plain(), false);
    table.dup(0);
    assertThat(table.dup(1, 1, false)).isEqualTo(1);
    assertThat(table.dup(1, 2, false)).isEqualTo(2);
  }

  @Test
  void closedSetOfNumbersTakesNoFileByNumber() {
    Descriptors descriptors =
        new Descriptors(
            TableOwner.unlimited("program", new MemoryAccount("program")), 3, new Waiting());
    descriptors.closeAll();
    assertErrno(Errno.EBADF, () -> descriptors.replace(1, new Plain(), false));
    assertThat(descriptors.size()).isZero();
  }

  @Test
  void refusalsNameTheOwnerAndTheNumbersThatWork() {
    table.install(new Plain(), false);
    assertThat(table.owner()).isEqualTo("program");
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> table.dup(0, 3, false))
        .withMessageContaining("fd 3 of program")
        .withMessageContaining("0 to 2");
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> table.control().dup(0, 9, false))
        .withMessageContaining("program")
        .withMessageContaining("9")
        .withMessageContaining("0 to 2");
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> table.get(2))
        .withMessageContaining("fd 2 of program")
        .withMessageContaining("1 other");
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> table.contents().read(0, null, -5))
        .withMessageContaining("-5");
  }
}
