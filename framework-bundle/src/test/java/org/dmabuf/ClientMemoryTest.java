package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.memory.MemoryRange;
import org.dmabuf.memory.ReservedRegion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client allocates is charged, listed until it is given back, and freed when it ends. */
class ClientMemoryTest {
  private static final int PAGE = RecordingExporter.PAGE;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry client;
  private MemoryAccount account;

  @BeforeEach
  void open() {
    client = framework.open("client");
    account = client.files().account();
  }

  @Test
  void memoryOfARegionIsChargedAndFreedWithItsClient() {
    ReservedRegion region = client.reserve("cma", 4L * PAGE);
    BackingStore store = client.allocate(region, 2L * PAGE, account);
    assertThat(store.size()).isEqualTo(2L * PAGE);
    assertThat(account.used()).isEqualTo(2L * PAGE);
    assertErrno(Errno.ENOMEM, () -> client.allocate(region, 3L * PAGE, account));
    framework.core().close(client);
    assertThat(account.used()).isZero();
    assertErrno(Errno.ENODEV, () -> store.table(true));
    assertErrno(Errno.ENODEV, () -> client.reserve("late", PAGE));
    assertThat(framework.open("next").reserve("cma", 8L * PAGE).size())
        .as("the name is free")
        .isEqualTo(8L * PAGE);
  }

  @Test
  void pagesOfAMemoryFileMakeAStore() {
    try (MemoryFile file = client.memoryFile("frames", 2L * PAGE, account)) {
      file.addSeals(MemoryFile.F_SEAL_SHRINK);
      BackingStore store = client.store(List.of(new MemoryRange(file, PAGE, PAGE)));
      assertThat(store.size()).isEqualTo(PAGE);
      framework.core().close(client);
      assertErrno(Errno.ENODEV, () -> store.table(true));
    }
    assertErrno(Errno.ENODEV, () -> client.memoryFile("late", PAGE, account));
    assertErrno(Errno.ENODEV, () -> client.store(List.of()));
  }

  @Test
  void registryAnswersForTheProduct() {
    assertThat(client.clock()).isSameAs(framework.clock());
    BackingStore store = client.allocate(PAGE, account);
    assertThat(client.holdings()).isEqualTo(framework.holdings());
    assertThat(client.holdings().bytes()).isEqualTo(PAGE);
    store.close();
  }
}
