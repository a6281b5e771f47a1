package org.dmabuf;

import org.junit.jupiter.api.Test;

/** What the kernel checks when a driver exports or attaches, the compiler checks here. */
class DriversThatDoNotCompileTest {
  private static final String MAP =
      "public SgTable map(Attachment a, DmaDirection d) { return null; } ";
  private static final String UNMAP =
      "public void unmap(Attachment a, SgTable t, DmaDirection d) {} ";
  private static final String RELEASE = "public void release() {} ";
  private static final String PIN = "public void pin(Attachment a) {} ";
  private static final String UNPIN = "public void unpin(Attachment a) {} ";

  private static String exporter(String... members) {
    return "static class Ops implements DmaBufOps { " + String.join("", members) + "}";
  }

  private static String pinnable(String... members) {
    return "static class Pins implements DmaBufOps.Pinnable { " + String.join("", members) + "}";
  }

  @Test
  @Row({"C1", "K/6"})
  void exporterHasMapUnmapAndRelease() {
    String right = exporter(MAP, UNMAP, RELEASE);
    WrongDriver.refused(exporter(UNMAP, RELEASE), right, "does not override abstract method map");
    WrongDriver.refused(exporter(MAP, RELEASE), right, "does not override abstract method unmap");
    WrongDriver.refused(exporter(MAP, UNMAP), right, "does not override abstract method release");
  }

  @Test
  @Row({"C3", "K/6"})
  void pinComesWithUnpin() {
    String right = pinnable(PIN, UNPIN);
    WrongDriver.refused(pinnable(PIN), right, "does not override abstract method unpin");
    WrongDriver.refused(pinnable(UNPIN), right, "does not override abstract method pin");
  }

  @Test
  @Row({"A1", "K/6"})
  void dynamicImporterHasAMoveNotify() {
    WrongDriver.refused(
        "static class Importer implements ImporterOps {}",
        "static class Importer implements ImporterOps {"
            + " public void moveNotify(Attachment a) {} }",
        "does not override abstract method moveNotify");
  }

  @Test
  @Row("U2")
  void beginOfACpuAccessComesWithItsEnd() {
    String begin = "public void beginCpuAccess(DmaDirection d) {} ";
    String end = "public void endCpuAccess(DmaDirection d) {} ";
    String type = "static class Cpu implements DmaBufOps.CpuAccessible { ";
    WrongDriver.refused(
        type + begin + "}", type + begin + end + "}", "does not override abstract method endCpu");
  }

  @Test
  @Row({"A4", "P9"})
  void importerCannotMakeAnAttachmentOrABuffer() {
    WrongDriver.refused(
        "Object o = new Attachment(null, null, null, null);",
        "Object o = DmaDevice.named(\"d\");",
        "has private access");
    WrongDriver.refused(
        "Object o = new DmaBuf(null, null, 0);",
        "Object o = DmaDevice.named(\"d\");",
        "not public");
  }
}
