# 两条命令：make report 发布报告，make test 运行测试。Two commands: make report, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --no-cache-dir --require-hashes -r
RIVALS := .venv-rivals
PYAM := .venv-pyam
CACHE := $(CURDIR)/outputs/.cache

# Nothing is written in the user's home: not by Jupyter, not by matplotlib, not by pip.
export IPYTHONDIR := $(CACHE)/ipython
export JUPYTER_CONFIG_DIR := $(CACHE)/jupyter/config
export JUPYTER_DATA_DIR := $(CACHE)/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CACHE)/jupyter/runtime
export MPLCONFIGDIR := $(CACHE)/matplotlib

.DEFAULT_GOAL := help
.PHONY: help cells report test test-browser test-pyam rivals bench lab check data-check data-freeze lint lock clean

help:  ## 显示本帮助 show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(VENV)/run.stamp  ## 运行笔记本并发布报告 run the notebooks, publish the report
	@$(BIN)/lvliang report $(ARGS)

test: $(VENV)/dev.stamp  ## 运行测试 run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/browser --ignore tests/iamc

test-browser: $(VENV)/dev.stamp  ## 在 Chromium 中检查页面 open the pages in Chromium
	$(BIN)/python -m pytest tests/browser

test-pyam: $(VENV)/run.stamp $(PYAM)/pyam.stamp  ## 用 pyam 读导出的数据（自有环境） read an export with pyam
	@mkdir -p outputs/pyam
	@for form in csv iamc; do $(BIN)/lvliang export --format $$form $(EXPORT) --out outputs/pyam/$$form.csv || exit; done
	@$(BIN)/lvliang export --format iamc $(EXPORT) --out outputs/pyam/iamc.xlsx
	XDG_CACHE_HOME=$(CACHE) $(PYAM)/bin/python -m pytest $(LENIENT) tests/iamc
EXPORT := --scenario baseline --scenario coal_slump -p draws=1000
# Warnings of pyam and of what it imports.
LENIENT := -W ignore::DeprecationWarning -W ignore::ResourceWarning

rivals: $(RIVALS)/rivals.stamp  ## 运行AutoETS等对比方法（自有环境） run AutoETS and dynamic theta
	@$(RIVALS)/bin/python -W ignore::RuntimeWarning tools/rivals.py

bench: $(VENV)/run.stamp  ## 与papermill、nbconvert命令比较用时 time against the plain commands
	@$(BIN)/python tools/bench.py $(ARGS)

lab: $(VENV)/run.stamp  ## 打开 JupyterLab open JupyterLab
	$(BIN)/jupyter lab notebooks

check: $(VENV)/run.stamp  ## 核对数据表 check the tables against their contracts
	@$(BIN)/lvliang check

data-check: $(VENV)/run.stamp  ## 核对数据与冻结的指纹 check the tables and their hashes
	@$(BIN)/lvliang check --frozen

data-freeze: $(VENV)/run.stamp  ## 审阅改动后更新指纹 renew hashes after a reviewed change
	@$(BIN)/lvliang freeze

cells: $(VENV)/run.stamp  ## 按参数声明改写各笔记本的参数单元格 write the parameters cells of the notebooks
	@$(BIN)/python tools/parameter_cells.py

lint: $(VENV)/dev.stamp  ## 代码风格与类型 style and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lock:  ## 更新锁定文件（需要 uv） renew the lock files (needs uv)
	uv pip compile pyproject.toml --extra build $(LOCK) -o requirements/run.lock
	uv pip compile pyproject.toml --extra dev -c requirements/run.lock $(LOCK) -o requirements/dev.lock
	uv pip compile pyproject.toml --extra build --extra rivals $(LOCK) -o requirements/rivals.lock
	$(PYTHON) -c '$(EXTRA)' | uv pip compile - $(LOCK) --no-strip-extras -o requirements/pyam.lock
EXTRA := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["pyam"], sep="\n")
LOCK := --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --custom-compile-command "make lock"

clean:  ## 删除环境和运行产物，已发布报告保留 remove environment and caches, keep what is published
	rm -rf $(VENV) $(RIVALS) $(PYAM) outputs/.cache outputs/.staging-* outputs/failed outputs/runs outputs/rivals outputs/pyam
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements/run.lock pyproject.toml
	@echo "建立运行环境，约一分钟 creating the environment, about a minute"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) requirements/run.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml
	@echo "建立测试环境，约一分钟 creating the test environment, about a minute"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) requirements/dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/run.stamp

$(RIVALS)/rivals.stamp: requirements/rivals.lock pyproject.toml
	@echo "建立对比方法的环境，约一分钟 creating the environment of the rivals, about a minute"
	@test -x $(RIVALS)/bin/python || $(PYTHON) -m venv $(RIVALS)
	@$(subst $(BIN),$(RIVALS)/bin,$(INSTALL)) requirements/rivals.lock
	@$(subst $(BIN),$(RIVALS)/bin,$(PIP)) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(PYAM)/pyam.stamp: requirements/pyam.lock
	@echo "建立 pyam 的环境，约一分钟 creating the environment of pyam, about a minute"
	@test -x $(PYAM)/bin/python || $(PYTHON) -m venv $(PYAM)
	@$(subst $(BIN),$(PYAM)/bin,$(INSTALL)) requirements/pyam.lock
	@touch $@
